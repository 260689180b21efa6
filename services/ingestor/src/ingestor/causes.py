"""Remembering which event asked for work that is done later, in other transactions and after restarts."""

from typing import Any
from uuid import UUID

from contracts.envelope import Event, EventData, Origin
from servicekit.events import new_event
from servicekit.telemetry import current_traceparent

Cause = dict[str, Any]
"""JSON: `event_id` and `correlation_id` of the event that asked, `traceparent` of where it was handled."""


def cause_of(event: Event[Any]) -> Cause:
    """What to store of an event."""
    return {
        "event_id": str(event.id),
        "correlation_id": str(event.correlationid),
        "traceparent": current_traceparent() or event.traceparent,
    }


def make_event(
    data: EventData, cabinet_id: UUID, cause: Cause | None = None, *, origin: Origin = Origin.LIVE
) -> Event[Any]:
    """A new event in the current trace; with a stored cause it continues that event's correlation."""
    event: Event[Any] = new_event(data, cabinet_id=cabinet_id, origin=origin)
    if cause is None:
        return event
    return event.model_copy(
        update={"correlationid": UUID(cause["correlation_id"]), "causationid": UUID(cause["event_id"])}
    )
