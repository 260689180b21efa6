"""Making events within the current trace."""

from typing import Any
from uuid import UUID

from contracts.envelope import Event, EventData, Origin

from servicekit.telemetry import current_traceparent


def new_event(
    data: EventData,
    *,
    source: str,
    cabinet_id: UUID,
    origin: Origin = Origin.LIVE,
    cause: Event[Any] | None = None,
) -> Event[Any]:
    """A new event of `source`, continuing the current trace; see `contracts.envelope.Event.new`."""
    return Event.new(
        data,
        source=source,
        cabinet_id=cabinet_id,
        origin=origin,
        cause=cause,
        traceparent=current_traceparent(),
    )
