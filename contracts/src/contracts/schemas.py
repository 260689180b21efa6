"""JSON Schema of each event type, as a consumer must accept it."""

from typing import Any

from contracts.envelope import Event, EventData, schema_uri
from contracts.registry import EVENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def event_schema(data: type[EventData]) -> dict[str, Any]:
    """The schema of a whole event (envelope and data) of one type, with the type fixed."""
    schema = Event[data].model_json_schema(mode="validation")  # type: ignore[valid-type]  # the class is a value here
    schema["properties"]["type"] = {"const": data.TYPE, "type": "string"}
    return {
        "$schema": DIALECT,
        "$id": schema_uri(data.TYPE),
        **schema,
        "title": data.TYPE,
        "description": data.__doc__ or "",
    }


def all_schemas() -> dict[str, dict[str, Any]]:
    """Event type → schema."""
    return {event_type: event_schema(data) for event_type, data in sorted(EVENTS.items())}
