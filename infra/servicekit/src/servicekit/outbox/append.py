"""Writing events into the outbox."""

from collections.abc import Iterable, Sequence
from typing import Any

from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.db import driver

_COLUMNS = ["id", "cabinet_id", "type", "origin", "replay_id", "traceparent", "body"]
_INSERT = text("""
INSERT INTO outbox (id, cabinet_id, type, origin, replay_id, traceparent, body)
SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:cabinet_id AS uuid[]), CAST(:type AS text[]), CAST(:origin AS text[]),
                     CAST(:replay_id AS uuid[]), CAST(:traceparent AS text[]), CAST(:body AS bytea[]))
""")

# Whether the transaction has written anything is looked at before this statement writes: an id is given with the first
# write, of a row's lock too.
_INSERT_IF_CHANGED = text("""
INSERT INTO outbox (id, cabinet_id, type, origin, traceparent, body)
SELECT CAST(:id AS uuid), CAST(:cabinet_id AS uuid), CAST(:type AS text), CAST(:origin AS text),
       CAST(:traceparent AS text), CAST(:body AS bytea)
WHERE pg_current_xact_id_if_assigned() IS NOT NULL
""")


async def append(connection: AsyncConnection, events: Sequence[Event[Any]]) -> None:
    """Store events in the caller's transaction, in one statement; the relay publishes them after its commit."""
    if not events:
        return
    await connection.execute(
        _INSERT,
        {
            "id": [event.id for event in events],
            "cabinet_id": [event.cabinetid for event in events],
            "type": [event.type for event in events],
            "origin": [event.origin.value for event in events],
            "replay_id": [event.replayid for event in events],
            "traceparent": [event.traceparent for event in events],
            "body": [event.model_dump_json().encode() for event in events],
        },
    )


async def append_if_changed(connection: AsyncConnection, event: Event[Any]) -> bool:
    """As `append`, if the caller's transaction has written anything, or holds a row; whether it did."""
    values = {
        "id": event.id,
        "cabinet_id": event.cabinetid,
        "type": event.type,
        "origin": event.origin.value,
        "traceparent": event.traceparent,
        "body": event.model_dump_json().encode(),
    }
    return bool((await connection.execute(_INSERT_IF_CHANGED, values)).rowcount)


async def stream(connection: AsyncConnection, events: Iterable[tuple[Event[Any], bytes]]) -> None:
    """As `append`, for events that come with their bodies made: sent one by one, so that they need no memory."""
    session = await driver(connection)
    records = (
        (event.id, event.cabinetid, event.type, event.origin.value, event.replayid, event.traceparent, body)
        for event, body in events
    )
    await session.copy_records_to_table("outbox", records=records, columns=_COLUMNS)
