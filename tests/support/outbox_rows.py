"""Outbox rows: such as were never in a table, and the events of those that are."""

from datetime import UTC, datetime
from typing import Any

from contracts.audit import RECORDS, AuditRecordedV1
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
    others = "CASE WHEN CAST(:type AS text) IS NULL THEN type <> ALL (:records) ELSE type = :type END"
    records = [each.TYPE for each in RECORDS]
    statement = f"SELECT body FROM outbox WHERE {others} ORDER BY created_at, id"
    bodies = await rows(database, statement, type=event_type, records=records)
    return [parse_event(row["body"]) for row in bodies]


async def commands_recorded(database: Database, kind: type[AuditRecordedV1]) -> list[tuple[str, str]]:
    """What operators' commands a service has recorded for the audit: each with its outcome."""
    records = [event.data for event in await published(database, kind.TYPE)]
    assert {record.actor.kind for record in records} <= {"operator"}
    return [(record.action, record.outcome) for record in records]
