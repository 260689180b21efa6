"""Events of what was told to people and programs."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Model, Moment

Channel = Literal["telegram", "webhook"]


class Delivery(Model):
    """What was told, and through which channel."""

    delivery_id: UUID
    channel: Channel
    kind: str
    order_id: UUID | None = None
    order_revision: int | None = None
    attempts: Count


class NotificationDeliveredV1(Delivery, EventData, type="notification.delivered.v1", publisher="notifier"):
    """A message was accepted by its channel."""

    delivered_at: Moment


class NotificationFailedV1(Delivery, EventData, type="notification.failed.v1", publisher="notifier"):
    """A message was given up: the channel refused it for good, or every attempt failed."""

    reason: str = Field(description="what the channel answered, without secrets")
    failed_at: Moment
