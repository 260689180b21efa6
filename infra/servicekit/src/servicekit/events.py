"""Making events within the current trace."""

from typing import Any
from uuid import UUID

from contracts.envelope import Event, EventData, Origin

from servicekit import clock
from servicekit.telemetry import current_traceparent


def new_event(
    data: EventData,
    *,
    cabinet_id: UUID,
    origin: Origin = Origin.LIVE,
    cause: Event[Any] | None = None,
) -> Event[Any]:
    """A new event, made now by the services' clock, in the current trace; see `contracts.envelope.Event.new`."""
    return Event.new(
        data,
        cabinet_id=cabinet_id,
        origin=origin,
        cause=cause,
        traceparent=current_traceparent(),
        time=clock.now(),
    )
