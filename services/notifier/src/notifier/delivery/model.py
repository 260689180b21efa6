"""A delivery under way, and what can come of one attempt to send it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.notifications import Channel

from notifier.messages.kind import Kind


@dataclass(frozen=True)
class WebhookTarget:
    """Where a webhook goes and which secrets sign it (a second one while it is being rotated)."""

    url: str
    sealed_secrets: tuple[str, ...]
    is_disabled: bool


@dataclass(frozen=True)
class Delivery:
    """One message for one recipient, leased to this process for its attempt number `attempt`."""

    cabinet_id: UUID
    id: UUID
    order_id: UUID
    order_revision: int
    channel: Channel
    recipient: str
    kind: Kind
    payload: str
    """The ReportedOrder as JSON."""
    reported_at: datetime
    event_id: UUID
    correlation_id: UUID
    traceparent: str | None
    attempt: int
    failures: int
    created_at: datetime
    shop_name: str | None
    photo_file_id: str | None
    webhook: WebhookTarget | None
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
    """For good: the channel will never take it."""
    UNAVAILABLE = "unavailable"
    """Not taken, worth another try."""
    UNANSWERED = "unanswered"
    """Sent, and the connection died before an answer: trying again may repeat the message."""
    RATE_LIMITED = "rate_limited"
    """Too fast: the whole channel waits, and the attempt does not count as a failure."""
    NOT_SENT = "not_sent"
    """The channel began to wait before it was this one's turn; not a failure either."""


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
    photo: PhotoChange | None = None
    disable_webhook: bool = False


Send = Callable[[Delivery], Awaitable[Result]]
"""One attempt over one channel. It bounds its own time, and raises only on a bug."""
