"""Writing events into the outbox."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.db import driver

_NULL = b"\xff\xff\xff\xff"
_INSERT = text("""
INSERT INTO outbox (id, cabinet_id, type, origin, replay_id, traceparent, body)
SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:cabinet_id AS uuid[]), CAST(:type AS text[]), CAST(:origin AS text[]),
                     CAST(:replay_id AS uuid[]), CAST(:traceparent AS text[]), CAST(:body AS text[]))
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
            "body": [event.model_dump_json() for event in events],
        },
    )


async def stream(connection: AsyncConnection, events: Iterable[tuple[Event[Any], bytes]]) -> None:
    """As `append`, for events that come with their bodies made: sent one by one, so that they need no memory."""
    session = await driver(connection)
    columns = ["id", "cabinet_id", "type", "origin", "replay_id", "traceparent", "body"]
    await session.copy_to_table("outbox", source=_packed(events), columns=columns, format="binary")


async def _packed(events: Iterable[tuple[Event[Any], bytes]]) -> AsyncIterator[bytes]:
    # PostgreSQL's binary COPY: made here, because the driver would turn megabytes of UTF-8 into text and back.
    yield b"PGCOPY\n\xff\r\n\x00" + bytes(8)
    for event, body in events:
        fields = (
            event.id.bytes,
            event.cabinetid.bytes,
            event.type.encode(),
            event.origin.value.encode(),
            None if event.replayid is None else event.replayid.bytes,
            None if event.traceparent is None else event.traceparent.encode(),
            body,
        )
        yield len(fields).to_bytes(2)
        for field in fields:
            yield _NULL if field is None else len(field).to_bytes(4) + field
    yield b"\xff\xff"
