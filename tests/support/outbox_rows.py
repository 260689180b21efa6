"""Outbox rows that were never in a table."""

from datetime import UTC, datetime
from typing import Any

from contracts.envelope import Event
from servicekit.outbox.relay import OutboxRow


def row_of(event: Event[Any]) -> OutboxRow:
    """The row that the relay would claim for the event."""
    return OutboxRow(
        id=event.id,
        cabinet_id=event.cabinetid,
        created_at=datetime.now(UTC),
        type=event.type,
        traceparent=event.traceparent,
        body=event.model_dump_json(),
    )
