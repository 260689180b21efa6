"""Events of what users enter for themselves and not for a cabinet: webhook subscriptions.

The gateway owns them and counts their revisions. Each event tells the whole of a subscription, so that whoever hears
them in another order, or twice, keeps the newest. `cabinetid` of these events is `owner_id` of the user.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from uuid_utils import NAMESPACE_URL, uuid5

from contracts.cabinets import CabinetSuspendedV1, CabinetTokenExpiringV1, CabinetVerifiedV1, TelegramId
from contracts.envelope import EventData
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.message_kinds import TOLD_TO_PROGRAMS, webhook_type
from contracts.model import Count, Model, Moment
from contracts.orders import OrdersReportedV1
from contracts.syncs import SyncFailedV1, SyncResumedV1

DOMAIN_EVENTS: tuple[type[EventData], ...] = (
    OrdersReportedV1,
    CabinetVerifiedV1,
    CabinetSuspendedV1,
    CabinetTokenExpiringV1,
    DataDelayedV1,
    DataRecoveredV1,
    SyncFailedV1,
    SyncResumedV1,
)
"""Events that a webhook can be told as they are. Messages are made from them: who takes both is told twice."""

EVERYTHING = "*"
MESSAGE_TYPES = tuple(map(webhook_type, TOLD_TO_PROGRAMS))
FAMILIES = tuple(sorted({f"{name.partition('.')[0]}.*" for name in MESSAGE_TYPES}))
EVENT_TYPES = (EVERYTHING, *FAMILIES, *MESSAGE_TYPES, *(event.TYPE for event in DOMAIN_EVENTS))
"""What a subscription can name: all messages, those of a family, single ones, and events by their own names."""

Revision = Annotated[int, Field(ge=1, description="counts from 1 how often the subscription was changed")]


def owner_id(telegram_id: int) -> UUID:
    """Stands for a user where others name a cabinet: in an event's `cabinetid`, and in `pulse.cabinet_ids`."""
    return UUID(str(uuid5(NAMESPACE_URL, f"urn:pulse:user:{telegram_id}")))


def is_owner_id(cabinet_id: UUID) -> bool:
    """Whether it stands for a user: ids of cabinets are of other versions."""
    return cabinet_id.version == 5


def secret_belongs_to(webhook_id: object) -> str:
    """What a webhook's secret is sealed with: it opens for no other."""
    return f"webhook/{webhook_id}"


class SealedSecret(Model):
    """A secret that signs what is sent, readable by the notifier only."""

    sealed: str
    until: Moment | None = Field(default=None, description="it signs no more from then on; none: it was not replaced")


class Subscription(Model):
    """Which subscription, and which state of it."""

    webhook_id: UUID
    telegram_id: TelegramId = Field(description="whose it is: it is told of cabinets whose member he is")
    revision: Revision


class WebhooksEnteredV1(Subscription, EventData, type="webhooks.entered.v1", publisher="gateway"):
    """A webhook subscription as its user entered, changed, paused or resumed it."""

    url: str
    cabinets: tuple[UUID, ...] | None = Field(description="what it is told of; none: of every cabinet of the user")
    event_types: tuple[str, ...] = Field(description="of `contracts.webhooks.EVENT_TYPES`")
    state: Literal["active", "paused"] = Field(description="as its user wants it; while paused, events are kept")
    resumes: Count = Field(description="how often its user resumed it: ends a pause that failing brought about before")
    secrets: tuple[SealedSecret, ...] = Field(min_length=1, description="each signs, the newest first")


class WebhooksRemovedV1(Subscription, EventData, type="webhooks.removed.v1", publisher="gateway"):
    """A webhook subscription was removed: it is told nothing more."""


class WebhooksTestedV1(Subscription, EventData, type="webhooks.tested.v1", publisher="gateway"):
    """A user asked for a test event. `cabinetid` is one of the cabinets that the subscription is told of."""

    test_id: UUID = Field(description="the id of the delivery, and of the message that the endpoint gets")


class WebhooksReplayRequestedV1(Subscription, EventData, type="webhooks.replay_requested.v1", publisher="gateway"):
    """A user asked for what his endpoint missed: what failed, and what was kept while it was paused."""

    replay_id: UUID
    since: Moment
    until: Moment = Field(description="what came before it")
