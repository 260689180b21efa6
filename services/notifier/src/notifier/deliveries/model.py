"""A delivery under way, and what can come of one attempt to send it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from contracts.message_kinds import MessageKind
from contracts.notification_settings import NotificationSettings
from contracts.notifications import Channel

AT_ONCE = timedelta(seconds=1)
"""What is due so soon after it was added was not put off."""

NOT_TOLD = "the target is no more, or its user left the cabinet"


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
class Target:
    """What its user entered beside his own chat, as it was when its delivery was claimed."""

    id: UUID
    revision: int
    sealed_address: str | None
    """None: of a group in Telegram, and of what was removed."""
    is_told: bool
    """It is there still, and its user is still a member of the cabinet."""


@dataclass(frozen=True)
class Receiver:
    """A chat or an endpoint, as it was when its delivery was claimed."""

    failures: int = 0
    """Attempts in a row that it did not take, whichever deliveries they were of."""
    refusing_seconds: float | None = None
    """For how long it has refused whatever was sent."""
    grouped_seconds: float | None = None
    """How long ago it was told many things in one message."""
    gone_said_seconds: float | None = None
    """How long ago it first said that it is gone."""
    gone_seconds: float | None = None
    """How long ago it was believed."""


@dataclass(frozen=True)
class Living:
    """The message that stands in a chat already, which what is told of its thread edits."""

    message_id: str
    has_photo: bool
    sent_at: datetime
    newest_at: datetime
    """When the newest delivery that it tells was added."""
    kind: MessageKind | None = None
    """What it was told as, whatever only completed it since."""


@dataclass(frozen=True)
class Sent:
    """The message that a delivery was told in."""

    message_id: str
    has_photo: bool = False
    is_edit: bool = False


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
    """The JSON that its kind is rendered from (`notifier.kinds`)."""
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
    target: Target | None = None
    """None: of a webhook, and of a user's own chat."""
    send_at: float = 0.0
    """Its turn in its chat, in seconds of this process's monotonic clock."""
    telegram_id: int | None = None
    """The user whose settings count; None: nobody's."""
    settings: NotificationSettings | None = None
    """What he entered."""
    due_at: datetime | None = None
    """From when on it could have been claimed."""
    thread: str | None = None
    """Messages of one thread edit one another."""
    only_edits: bool = False
    """Nothing is sent where there is no message to edit."""
    also: tuple[str, ...] = ()
    """Kinds that it is an instance of as well, the more special first."""
    nm_id: int | None = None
    amount: Decimal | None = None
    currency: str | None = None
    is_critical: bool = False
    living: Living | None = None
    blocked_seconds: float | None = None
    """Another one of its thread is on its way or waits before it: how long that can take."""
    waiting: int = 0
    """How many are due to its receiver, up to `claim.COUNTED`."""
    reason: str | None = None
    """Why it goes (`notifier.deciding`)."""
    merged: "tuple[Delivery, ...]" = ()
    """Older ones of its thread, which its message tells as well."""
    grouped: "tuple[Delivery, ...]" = ()
    """Others that its message tells beside it, each in a line or a sum, and each with those that it merged."""

    @property
    def was_put_off(self) -> bool:
        """Whether it went later than it was added by its receiver's wish, as after a night: no delay of ours."""
        return self.attempt == 1 and self.due_at is not None and self.due_at > self.created_at + AT_ONCE

    @property
    def is_group(self) -> bool:
        """Whether its message tells of many."""
        return bool(self.grouped)

    @property
    def beside(self) -> "tuple[Delivery, ...]":
        """All others that its message tells, and that end as it does."""
        return (*self.merged, *(each for other in self.grouped for each in (other, *other.merged)))

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
    NOTHING_TO_EDIT = "nothing_to_edit"
    """It only completes a message, and that is gone: there is nothing more to do."""
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
    sent: Sent | None = None
    is_message_gone: bool = False
    """The message that was to be edited is no more."""
    retry_after_seconds: float | None = None
    channel_pause_seconds: float = 0.0
    """The limit that was met is everybody's: the whole channel waits for so long."""
    photo: PhotoChange | None = None
    moved_to: str | None = None
    """The recipient is at this address from now on."""
    is_gone: bool = False
    """The endpoint, the chat or the target is no more: with `undeliverable` that is certain, with `refused` once it is
    said again."""


Send = Callable[[Delivery], Awaitable[Result]]
"""One attempt over one channel. It bounds its own time, and raises only on a bug."""
