"""Deleting what is left of disconnected cabinets, in batches that a crash only interrupts.

A batch is one transaction and goes by the primary key, which begins with the cabinet in every table: so it takes as
long among ten million rows as among ten, and never comes by rows again that it has deleted. Any number of processes
may purge: whoever holds the cabinet's tombstone deletes the next batch.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from contracts.cabinets import CabinetDisconnectedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.db import Database
from servicekit.outbox import partitions
from servicekit.sql_types import sql_types

log = structlog.get_logger()

EVERY_SECONDS = 5.0

BATCH_ROWS = 5_000
"""Some 100 ms; millions of rows in one statement would outlast the limit of a statement."""

LOOK_SECONDS = 0.2
TELL_SECONDS = 60.0
"""Who still waits for older transactions says so: one that somebody left open by hand never ends."""

Place = Mapping[str, Any]
"""Where a batch ended: the columns of a primary key after the cabinet, with their values."""

_UNPURGED = text("""
SELECT cabinet_id, clock_timestamp() AS seen_at FROM disconnected_cabinets
WHERE purged_at IS NULL ORDER BY disconnected_at, cabinet_id
""")
# Sessions of other roles write to other schemas.
_OLDER = text("""
SELECT pid, xact_start FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND xact_start <= :at
ORDER BY xact_start LIMIT 1
""")
# A planner that takes a range of the key for half of the table would read all of it, batch by batch.
_HOLD = text("""
SELECT set_config('enable_seqscan', 'off', true) FROM disconnected_cabinets
WHERE cabinet_id = :cabinet_id AND purged_at IS NULL FOR UPDATE SKIP LOCKED
""")
_PURGED = text("UPDATE disconnected_cabinets SET purged_at = now() WHERE cabinet_id = :cabinet_id")


@dataclass(frozen=True)
class _Rows:
    """Rows of cabinets in a table: the rest of its primary key with the types, and which of them stay."""

    table: str
    key: Mapping[str, str]
    but: str = ""

    def boundary(self, after: Place | None) -> str:
        return f"SELECT {self._names} FROM {self._where(after)} ORDER BY {self._names} OFFSET :skipped LIMIT 1"

    def delete(self, after: Place | None, until: Place | None) -> str:
        return f"DELETE FROM {self._where(after, until)}"

    @property
    def _names(self) -> str:
        return ", ".join(self.key)

    def _where(self, after: Place | None, until: Place | None = None) -> str:
        bounds = [f"{self.table} WHERE cabinet_id = :cabinet_id{self.but}"]
        for sign, prefix, place in ((">", "after", after), ("<=", "until", until)):
            if place is not None:
                values = ", ".join(f"CAST(:{prefix}_{name} AS {kind})" for name, kind in self.key.items())
                bounds.append(f"({self._names}) {sign} ({values})")
        return " AND ".join(bounds)


async def purge(database: Database, tables: Sequence[sa.Table]) -> int:
    """Delete, table after table, what there is of cabinets whose tombstone is new; how many cabinets were purged.

    Their events go as well, sent or not, but for the one that tells of the disconnect. Whoever writes rows of cabinets
    looks for the tombstone in the same transaction: so nothing comes after, once those have ended that did not see it.
    A cabinet that fails is tried again the next time and holds up no other.
    """
    async with database.transaction() as connection:
        unpurged = (await connection.execute(_UNPURGED)).all()
    if not unpurged:
        return 0
    await _until_older_ended(database, max(row.seen_at for row in unpurged))
    purged = 0
    for cabinet_id, _ in unpurged:
        try:
            purged += await _purge_cabinet(database, cabinet_id, tables)
        except Exception as error:
            log.error("purge.failed", cabinet_id=str(cabinet_id), exc_info=error)  # noqa: TRY400  # structlog's way
    return purged


async def _until_older_ended(database: Database, at: datetime) -> None:
    # Without end: who gave up and looked anew would wait for all that began meanwhile too, and might never come to it.
    tell_at = time.monotonic() + TELL_SECONDS
    while True:
        async with database.transaction() as connection:
            older = (await connection.execute(_OLDER, {"at": at})).first()
        if older is None:
            return
        if time.monotonic() >= tell_at:
            log.warning("purge.waits", for_pid=older.pid, transaction_since=older.xact_start.isoformat())
            tell_at = time.monotonic() + TELL_SECONDS
        await asyncio.sleep(LOOK_SECONDS)


async def _purge_cabinet(database: Database, cabinet_id: UUID, tables: Sequence[sa.Table]) -> bool:
    """Delete a cabinet's rows; False where another process is about it."""
    async for rows in _everything(database, tables):
        after: Place | None = None
        while True:
            async with database.transaction() as connection:
                if not await _holds(connection, cabinet_id):
                    return False
                after = await _delete_batch(connection, rows, cabinet_id, after)
            if after is None:
                break
    async with database.transaction() as connection:
        if not await _holds(connection, cabinet_id):
            return False
        await connection.execute(_PURGED, {"cabinet_id": cabinet_id})
    log.info("cabinet.purged", cabinet_id=str(cabinet_id))
    return True


async def _everything(database: Database, tables: Sequence[sa.Table]) -> AsyncIterator[_Rows]:
    for table in tables:
        yield _rows_of(table)
    # The others are looked for after it: its rows move into partitions that are made meanwhile.
    yield _events_in(partitions.DEFAULT)
    async with database.transaction() as connection:
        days = await partitions.of_days(connection)
    for partition in days:
        yield _events_in(partition)


async def _holds(connection: AsyncConnection, cabinet_id: UUID) -> bool:
    return (await connection.execute(_HOLD, {"cabinet_id": cabinet_id})).first() is not None


async def _delete_batch(
    connection: AsyncConnection, rows: _Rows, cabinet_id: UUID, after: Place | None
) -> Place | None:
    """Delete the rows that come next; the last of them, none if no more can follow."""
    values = {"cabinet_id": cabinet_id, **_named("after", after)}
    until: Place | None = None
    if rows.key:
        boundary = await connection.execute(text(rows.boundary(after)), {**values, "skipped": BATCH_ROWS - 1})
        row = boundary.mappings().first()
        until = None if row is None else dict(row)
    await connection.execute(text(rows.delete(after, until)), {**values, **_named("until", until)})
    return until


def _named(prefix: str, place: Place | None) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in (place or {}).items()}


def _rows_of(table: sa.Table) -> _Rows:
    types = sql_types(table)
    key = {str(c.name): types[str(c.name)] for c in table.primary_key if c.name != "cabinet_id"}
    return _Rows(str(table.name), key)


def _events_in(partition: str) -> _Rows:
    # One partition at a time: a statement over all of them would lock a hundred days.
    key = {"created_at": "timestamptz", "id": "uuid"}
    return _Rows(partition, key, but=f" AND type <> '{CabinetDisconnectedV1.TYPE}'")
