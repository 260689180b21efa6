"""Events of what was told to people and programs."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Moment

Channel = Literal["telegram", "webhook"]


class NotificationDeliveredV1(EventData):
    """A message was accepted by its channel."""

    TYPE: ClassVar[str] = "notification.delivered.v1"
    delivery_id: UUID
    channel: Channel
    kind: str
    order_id: UUID | None = None
    order_revision: int | None = None
    attempts: Count
    delivered_at: Moment


class NotificationFailedV1(EventData):
    """A message was given up: the channel refused it for good, or every attempt failed."""

    TYPE: ClassVar[str] = "notification.failed.v1"
    delivery_id: UUID
    channel: Channel
    kind: str
    order_id: UUID | None = None
    order_revision: int | None = None
    attempts: Count
    reason: str = Field(description="what the channel answered, without secrets")
    failed_at: Moment
