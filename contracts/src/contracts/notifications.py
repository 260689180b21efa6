"""Events of what was told to people and programs."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Model, Moment

FirstChannel = Literal["telegram", "webhook"]
Channel = Literal["telegram", "webhook", "email", "webpush", "firebase"]


class Told(Model):
    """What was told."""

    delivery_id: UUID
    kind: str
    order_id: UUID | None = None
    order_revision: int | None = None
    attempts: Count


class Delivery(Told):
    """What was told in Telegram or to a webhook."""

    channel: FirstChannel


class LaterDelivery(Told):
    """What was told through a channel that the first version of the event cannot name."""

    channel: Channel


class NotificationDeliveredV1(Delivery, EventData, type="notification.delivered.v1", publisher="notifier"):
    """A message was accepted by its channel."""

    delivered_at: Moment


class NotificationFailedV1(Delivery, EventData, type="notification.failed.v1", publisher="notifier"):
    """A message was given up: the channel refused it for good, or every attempt failed."""

    reason: str = Field(description="what the channel answered, without secrets")
    failed_at: Moment


class NotificationDeliveredV2(LaterDelivery, EventData, type="notification.delivered.v2", publisher="notifier"):
    """A message was accepted by its channel: published where the first version has no name for the channel."""

    delivered_at: Moment


class NotificationFailedV2(LaterDelivery, EventData, type="notification.failed.v2", publisher="notifier"):
    """A message was given up: published where the first version has no name for the channel."""

    reason: str = Field(description="what the channel answered, without secrets")
    failed_at: Moment


class NotificationRetryRequestedV1(EventData, type="notification.retry_requested.v1", publisher="gateway"):
    """An administrator wants a message that was given up to be sent after all."""

    delivery_id: UUID
    requested_by: str = Field(description="in words")
