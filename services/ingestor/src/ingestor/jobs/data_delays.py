"""Telling of data that stopped coming, and of data that come again.

A resource is late from `sync_state.late_at` on, which every complete reading moves ahead. A resource and what stands
in for it are one source: it is late while none of them was read in time.
"""

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from contracts.envelope import EventData
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import make_event
from ingestor.refusals import SWITCHED_OFF
from ingestor.resources import RESOURCES

EVERY_SECONDS = 60
CHUNK = 1000

GRACE = timedelta(minutes=15)
"""Who has just begun to watch, or could not for a while, lets the syncs catch up first: that nothing was read while
Pulse itself stood still is no delay of Wildberries."""

GAP = timedelta(seconds=5 * EVERY_SECONDS)
"""So long without a look, and the watch begins anew."""

KEEPS_FAILING = 3
"""Failures in a row after which a resource is not expected to be read soon."""

PATIENCE = timedelta(minutes=10)
"""What is read again waits so long to be told, if other data of its cabinet are on their way."""

_NOW = text("SELECT coalesce(CAST(:now AS timestamptz), now())")
_SOURCES = """
    sources AS (
        SELECT * FROM unnest(CAST(:resources AS text[]), CAST(:sources AS text[])) AS sources (resource, source)
    )
"""
_READ = f"coalesce(s.suspended_reason, '{SWITCHED_OFF}') = '{SWITCHED_OFF}'"
"""Not refused to this seller. What WB switched off for everybody is late like anything else that does not come."""

# Where everything fails, as while WB is down, it is late one after another: what will be is told with the first of it.
# Not with orders, which have a message of their own.
_DELAYED = text(f"""
    WITH {_SOURCES}, first AS (
        SELECT DISTINCT s.cabinet_id, source
        FROM sync_state s JOIN sources USING (resource) JOIN cabinets c USING (cabinet_id)
        WHERE s.late_at <= :at AND {_READ} AND c.status = 'verified' AND NOT EXISTS (
            SELECT FROM data_delays d WHERE d.cabinet_id = s.cabinet_id AND d.resource = source)
    ), late AS (
        SELECT cabinet_id, source FROM first
        UNION
        SELECT s.cabinet_id, sources.source
        FROM first JOIN sync_state s USING (cabinet_id) JOIN sources USING (resource)
        WHERE first.source <> 'orders' AND sources.source <> 'orders' AND s.failures >= {KEEPS_FAILING}
            AND s.last_success_at IS NOT NULL AND {_READ} AND NOT EXISTS (
                SELECT FROM data_delays d WHERE d.cabinet_id = s.cabinet_id AND d.resource = sources.source)
    ), delayed AS (
        SELECT late.cabinet_id, source, max(s.last_success_at) AS since,
            min(s.last_error) AS reason
        FROM late JOIN sources USING (source) JOIN sync_state s USING (cabinet_id, resource)
        WHERE {_READ}
        GROUP BY late.cabinet_id, source
        HAVING max(s.late_at) <= :at OR (source <> 'orders' AND bool_and(s.failures >= {KEEPS_FAILING}))
        ORDER BY late.cabinet_id LIMIT :limit
    )
    INSERT INTO data_delays (cabinet_id, resource, since) SELECT cabinet_id, source, since FROM delayed
    ON CONFLICT DO NOTHING
    RETURNING cabinet_id, resource, since, (
        SELECT reason FROM delayed
        WHERE delayed.cabinet_id = data_delays.cabinet_id AND source = data_delays.resource) AS reason
""")
_IS_READ = """
    FROM data_delays d JOIN sources ON source = d.resource
    JOIN sync_state s ON s.cabinet_id = d.cabinet_id AND s.resource = sources.resource
    JOIN cabinets c ON c.cabinet_id = d.cabinet_id
    WHERE s.last_success_at > d.since AND c.status = 'verified'
"""
_NOTE_RECOVERED = text(f"""
    WITH {_SOURCES}, over AS (
        SELECT DISTINCT d.cabinet_id, d.resource {_IS_READ} AND d.recovered_at IS NULL
    )
    UPDATE data_delays d SET recovered_at = :at FROM over
    WHERE d.cabinet_id = over.cabinet_id AND d.resource = over.resource
""")
# What WB gives again comes one after another: it is told at once, but for orders, and waits for the last of it a while.
_RECOVERED = text(f"""
    WITH {_SOURCES}, recovered AS (
        SELECT d.cabinet_id, d.resource, max(s.last_success_at) AS recovered_at
        {_IS_READ} AND (d.resource = 'orders'
            OR d.recovered_at <= CAST(:at AS timestamptz) - CAST(:patience AS interval)
            OR NOT EXISTS (
                SELECT FROM data_delays other
                WHERE other.cabinet_id = d.cabinet_id AND other.resource <> 'orders' AND other.recovered_at IS NULL))
        GROUP BY d.cabinet_id, d.resource
        ORDER BY d.cabinet_id LIMIT :limit
    )
    DELETE FROM data_delays d USING recovered
    WHERE d.cabinet_id = recovered.cabinet_id AND d.resource = recovered.resource
    RETURNING d.cabinet_id, d.resource, d.since, recovered.recovered_at
""")
# A seller whose token is refused was told of that: what is not read any more is not late.
_FORGET = text(f"""
    WITH {_SOURCES}
    DELETE FROM data_delays d WHERE NOT EXISTS (
        SELECT FROM sources JOIN sync_state s ON s.cabinet_id = d.cabinet_id AND s.resource = sources.resource
        JOIN cabinets c ON c.cabinet_id = d.cabinet_id
        WHERE source = d.resource AND {_READ} AND c.status = 'verified')
""")


def watch(database: Database, clock: Callable[[], datetime | None] = lambda: None) -> Callable[[], Any]:
    """A look at all delays, to be taken every `EVERY_SECONDS`; `clock` stands in for the database's."""
    began: datetime | None = None
    looked: datetime | None = None

    async def look() -> None:
        nonlocal began, looked
        async with database.transaction() as connection:
            now: datetime = (await connection.execute(_NOW, {"now": clock()})).scalar_one()
        if began is None or looked is None or now - looked > GAP:
            began = now
        looked = now
        await _repeat(lambda: tell_recovered(database, now))
        if now - began >= GRACE:
            await _repeat(lambda: tell_delayed(database, now))

    return look


async def tell_delayed(database: Database, at: datetime) -> int:
    """Publish `data.delayed` for up to `CHUNK` sources that are late at `at` and not told yet; how many."""
    async with database.transaction() as connection:
        rows = (await connection.execute(_DELAYED, {**_sources(), "at": at, "limit": CHUNK})).all()
        await _publish(connection, rows, _delayed)
    return len(rows)


async def tell_recovered(database: Database, at: datetime) -> int:
    """Publish `data.recovered` for up to `CHUNK` told delays that ended by `at`, and forget those nobody waits for."""
    async with database.transaction() as connection:
        await connection.execute(_FORGET, _sources())
        await connection.execute(_NOTE_RECOVERED, {**_sources(), "at": at})
        values = {"at": at, "patience": PATIENCE, "limit": CHUNK}
        rows = (await connection.execute(_RECOVERED, {**_sources(), **values})).all()
        await _publish(connection, rows, _recovered)
    return len(rows)


async def _repeat(step: Callable[[], Coroutine[Any, Any, int]]) -> None:
    while await step() == CHUNK:
        pass


async def _publish(
    connection: AsyncConnection, rows: Iterable[Row[Any]], made: Callable[[Iterable[Row[Any]]], EventData]
) -> None:
    # One event is one message: orders have one of their own, and everything else of a cabinet shares one.
    def message(row: Row[Any]) -> tuple[UUID, bool]:
        return row.cabinet_id, row.resource == "orders"

    parts = [list(part) for _, part in groupby(sorted(rows, key=lambda row: (*message(row), row.resource)), message)]
    await outbox.append(connection, [make_event(made(part), part[0].cabinet_id) for part in parts])


def _delayed(rows: Iterable[Row[Any]]) -> EventData:
    return DataDelayedV1(
        resources=tuple(
            DelayedResource(resource=row.resource, last_success_at=row.since, reason=row.reason) for row in rows
        )
    )


def _recovered(rows: Iterable[Row[Any]]) -> EventData:
    return DataRecoveredV1(
        resources=tuple(
            RecoveredResource(resource=row.resource, delayed_since=row.since, recovered_at=row.recovered_at)
            for row in rows
        )
    )


def _sources() -> dict[str, list[str]]:
    return {
        "resources": list(RESOURCES),
        "sources": [each.source for each in RESOURCES.values()],
    }
