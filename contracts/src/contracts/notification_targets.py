"""Events of where users want to be told, beside their own private chats: e-mail, browsers, phones, groups in Telegram.

The gateway owns them and counts their revisions; each event tells the whole of a target, as those of webhooks do.
`cabinetid` of these events is `contracts.webhooks.owner_id` of the user.
"""

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.cabinets import TelegramId
from contracts.envelope import EventData
from contracts.model import Model, Moment
from contracts.webhooks import Revision

TargetChannel = Literal["telegram", "email", "webpush", "firebase"]


def address_belongs_to(target_id: object) -> str:
    """What a target's address, and its code, are sealed with: they open for no other."""
    return f"target/{target_id}"


class EmailAddress(Model):
    """What is sealed of an e-mail target."""

    address: str
    unsubscribe: str = Field(description="whoever knows it may end the target: `…/notifications/unsubscribe/{it}`")


class PushSubscription(Model):
    """What is sealed of a browser: its subscription as `PushManager.subscribe` gave it."""

    endpoint: str
    p256dh: str = Field(description="base64url without padding, as `auth`")
    auth: str


class FirebaseToken(Model):
    """What is sealed of an app on a phone: its registration token."""

    token: str


class Target(Model):
    """Which target, and which state of it."""

    target_id: UUID
    telegram_id: TelegramId = Field(description="whose it is: it is told of cabinets whose member he is")
    revision: Revision


class Confirmation(Model):
    """A code that is sent to an address, for its user to show that it is his."""

    sealed: str = Field(description="the code, readable by the notifier only")
    expires_at: Moment


class NotificationTargetEnteredV1(Target, EventData, type="notification_target.entered.v1", publisher="gateway"):
    """A target as its user entered, changed or confirmed it."""

    channel: TargetChannel
    label: str = Field(description="what its user knows it by")
    cabinets: tuple[UUID, ...] | None = Field(description="what it is told of; none: of every cabinet of the user")
    chat_id: int | None = Field(default=None, description="of a group in Telegram")
    topic_id: int | None = Field(default=None, description="of a topic in the group; none: the group itself")
    sealed_address: str | None = Field(
        default=None, description="where the other channels send: JSON of this module, readable by the notifier only"
    )
    state: Literal["unconfirmed", "active"] = Field(description="unconfirmed: it is sent the code and nothing else")
    confirmation: Confirmation | None = Field(default=None, description="to be sent now")


class NotificationTargetRemovedV1(Target, EventData, type="notification_target.removed.v1", publisher="gateway"):
    """A target was removed by its user, or by whoever reads what comes there: it is told nothing more."""


class NotificationTargetTestedV1(Target, EventData, type="notification_target.tested.v1", publisher="gateway"):
    """A user asked for a test message."""

    test_id: UUID = Field(description="the id of the delivery")
