"""A delivery under way, and what can come of one attempt to send it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from contracts.notifications import Channel


@dataclass(frozen=True)
class WebhookTarget:
    """Where a webhook goes and which secrets sign it (more than one while they are being rotated)."""

    url: str
    sealed_secrets: tuple[str, ...]
    is_paused: bool

    @property
    def host(self) -> str:
        """Where it lives: endpoints of one host are slow together."""
        return urlsplit(self.url).hostname or self.url


@dataclass(frozen=True)
class Receiver:
    """A chat or an endpoint, as it was when its delivery was claimed."""

    failures: int = 0
    """Attempts in a row that it did not take, whichever deliveries they were of."""
    refusing_seconds: float | None = None
    """For how long it has refused whatever was sent."""


@dataclass(frozen=True)
class Delivery:
    """One message for one recipient, leased to this process for its attempt number `attempt`."""

    cabinet_id: UUID
    id: UUID
    order_id: UUID | None
    order_revision: int | None
    channel: Channel
    recipient: str
    kind: str
    """Of a message (`contracts.message_kinds`); to a webhook also the type of an event."""
    payload: str
    """The JSON that its kind is rendered from (`notifier.messages.rendering`)."""
    reported_at: datetime
    event_id: UUID
    correlation_id: UUID
    traceparent: str | None
    attempt: int
    failures: int
    refusals: int
    """How many attempts at it were refused before; other failures say nothing of what its receiver would take."""
    created_at: datetime
    shop_name: str | None
    photo_file_id: str | None
    webhook: WebhookTarget | None
    receiver: Receiver = Receiver()
    send_at: float = 0.0
    """Its turn in its chat, in seconds of this process's monotonic clock."""

    @property
    def key(self) -> tuple[UUID, UUID]:
        """Its primary key."""
        return self.cabinet_id, self.id


class Outcome(StrEnum):
    """What came of one attempt."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    """The channel says that it will never take it. Believed when it says so again."""
    UNDELIVERABLE = "undeliverable"
    """We ourselves know that there is nobody to send it to."""
    BROKEN = "broken"
    """Our own error with this one delivery: it says nothing of the receiver."""
    UNAVAILABLE = "unavailable"
    """Not taken, worth another try."""
    UNANSWERED = "unanswered"
    """Sent, and the connection died before an answer: trying again may repeat the message."""
    RATE_LIMITED = "rate_limited"
    """Too fast: the receiver waits, and the attempt does not count as a failure."""
    HELD = "held"
    """Its webhook was paused meanwhile: it is kept until its user asks for what was missed."""
    NOT_SENT = "not_sent"
    """The receiver or the channel began to wait before it was this one's turn; not a failure either."""


@dataclass(frozen=True)
class PhotoChange:
    """A photo's file_id was learned (or, None, found to be unknown to Telegram)."""

    url: str
    file_id: str | None


@dataclass(frozen=True)
class Result:
    """The outcome of one attempt with what is to be remembered of it; `reason` carries no secrets."""

    outcome: Outcome
    reason: str | None = None
    message_id: str | None = None
    retry_after_seconds: float | None = None
    channel_pause_seconds: float = 0.0
    """The limit that was met is everybody's: the whole channel waits for so long."""
    photo: PhotoChange | None = None
    moved_to: str | None = None
    """The recipient is at this address from now on."""
    is_gone: bool = False
    """The endpoint says that it is no more."""


Send = Callable[[Delivery], Awaitable[Result]]
"""One attempt over one channel. It bounds its own time, and raises only on a bug."""
