"""The events that tell what became of a delivery."""

from datetime import datetime
from typing import Any, Protocol, get_args
from uuid import UUID

from contracts.envelope import Event, EventData
from contracts.notifications import (
    Channel,
    FirstChannel,
    NotificationDeliveredV1,
    NotificationDeliveredV2,
    NotificationFailedV1,
    NotificationFailedV2,
)
from servicekit import clock

FIRST_CHANNELS = get_args(FirstChannel)
"""Those that the first version of the events can name."""


class Told(Protocol):
    """A delivery, or a row of one."""

    @property
    def cabinet_id(self) -> UUID: ...
    @property
    def id(self) -> UUID: ...
    @property
    def channel(self) -> Channel: ...
    @property
    def kind(self) -> str: ...
    @property
    def order_id(self) -> UUID | None: ...
    @property
    def order_revision(self) -> int | None: ...
    @property
    def attempt(self) -> int: ...
    @property
    def event_id(self) -> UUID: ...
    @property
    def correlation_id(self) -> UUID: ...


def delivered(delivery: Told, *, at: datetime, traceparent: str | None) -> Event[Any]:
    """Its channel has taken it."""
    made = NotificationDeliveredV1 if delivery.channel in FIRST_CHANNELS else NotificationDeliveredV2
    return _event(delivery, made(**_fields(delivery), delivered_at=at), traceparent)


def failed(delivery: Told, *, reason: str, at: datetime, traceparent: str | None) -> Event[Any]:
    """It was given up."""
    made = NotificationFailedV1 if delivery.channel in FIRST_CHANNELS else NotificationFailedV2
    return _event(delivery, made(**_fields(delivery), reason=reason, failed_at=at), traceparent)


def _fields(delivery: Told) -> dict[str, Any]:
    return {
        "delivery_id": delivery.id,
        "channel": delivery.channel,
        "kind": delivery.kind,
        "order_id": delivery.order_id,
        "order_revision": delivery.order_revision,
        "attempts": delivery.attempt,
    }


def _event(delivery: Told, data: EventData, traceparent: str | None) -> Event[Any]:
    event: Event[Any] = Event.new(data, cabinet_id=delivery.cabinet_id, traceparent=traceparent, time=clock.now())
    return event.model_copy(update={"correlationid": delivery.correlation_id, "causationid": delivery.event_id})
