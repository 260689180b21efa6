"""Outbox rows: such as were never in a table, and the events of those that are."""

from datetime import UTC, datetime
from typing import Any

from contracts.audit import AuditRecordedV1
from contracts.envelope import Event
from contracts.registry import parse_event
from servicekit.db import Database
from servicekit.outbox.relay import OutboxRow

from support.rows import rows


def row_of(event: Event[Any]) -> OutboxRow:
    """The row that the relay would claim for the event."""
    return OutboxRow(
        id=event.id,
        cabinet_id=event.cabinetid,
        created_at=datetime.now(UTC),
        type=event.type,
        origin=event.origin.value,
        traceparent=event.traceparent,
        body=event.model_dump_json().encode(),
    )


async def published(database: Database, event_type: str | None = None) -> list[Event[Any]]:
    """The events of a service's outbox, or those of one type: sent or not, in the order in which they were written.

    Records for the audit, which every command leaves, are among them only where they are asked for.
    """
    of_type = f"CASE WHEN CAST(:type AS text) IS NULL THEN type <> '{AuditRecordedV1.TYPE}' ELSE type = :type END"
    bodies = await rows(database, f"SELECT body FROM outbox WHERE {of_type} ORDER BY created_at, id", type=event_type)
    return [parse_event(row["body"]) for row in bodies]
