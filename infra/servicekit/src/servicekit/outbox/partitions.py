"""Daily partitions of the outbox: made ahead, dropped when the log no longer needs them."""

from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import inbox
from servicekit.db import Database

log = structlog.get_logger()

AHEAD_DAYS = 3
KEEP_DAYS = 100
"""Replays reach this far back: 90 days of orders and some room."""

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.outbox.partitions', 0))")
_PARTITIONS = text("""
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = CAST('outbox' AS regclass) AND child.relname LIKE 'outbox\\_p%'
""")


async def keep_partitions(connection: AsyncConnection, today: date | None = None) -> None:
    """Make the partitions of today and the next days; drop those past `KEEP_DAYS` that hold nothing unsent.

    Rows of those days that were written before their partition existed move into it from the default one.
    """
    day = today or datetime.now(UTC).date()
    await connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    await connection.execute(text("SET LOCAL timezone = 'UTC'"))
    await connection.execute(_LOCK)
    existing = set((await connection.execute(_PARTITIONS)).scalars())
    for ahead in range(AHEAD_DAYS + 1):
        start = day + timedelta(days=ahead)
        if _name(start) not in existing:
            await _make(connection, start)
    for name in sorted(existing):
        if name < _name(day - timedelta(days=KEEP_DAYS)):
            await _drop(connection, name)


async def _make(connection: AsyncConnection, day: date) -> None:
    # Attaching rather than creating in place: inserts into other partitions go on meanwhile, and a default
    # partition that holds rows of the day would forbid it.
    name, bounds = _name(day), f"'{day}' AND created_at < '{day + timedelta(days=1)}'"
    for statement in (
        "LOCK TABLE outbox_default IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)",
        f"WITH moved AS (DELETE FROM outbox_default WHERE created_at >= {bounds} RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE outbox ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')",
    ):
        await connection.execute(text(statement))


async def _drop(connection: AsyncConnection, name: str) -> None:
    unsent = await connection.scalar(text(f"SELECT count(*) FROM {name} WHERE sent_at IS NULL"))
    if unsent:
        log.error("outbox.old_partition_has_unsent", partition=name, unsent=unsent)
        return
    await connection.execute(text(f"DROP TABLE {name}"))


async def keep_house(database: Database) -> None:
    """What a service does at start and every few hours: partitions, and forgetting old inbox marks."""
    async with database.transaction() as connection:
        await keep_partitions(connection)
        await inbox.forget_old(connection)


def _name(day: date) -> str:
    return f"outbox_p{day:%Y%m%d}"
