"""Daily partitions of the outbox: made ahead, dropped when the log no longer needs them.

Each is made or dropped in a transaction of its own, which locks the outbox before its partitions, as the relay and
inserts do, and gives up soon: what cannot be had now is had the next time, and nothing waits for long behind it.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import clock
from servicekit.db import Database

log = structlog.get_logger()

AHEAD_DAYS = 3
KEEP_DAYS = 100
"""Replays reach this far back: 90 days of orders and some room."""

DEFAULT = "outbox_default"
"""Where rows lie whose day has no partition; they move when it gets one."""

LOCK_TIMEOUT = "2s"
"""Whoever writes events waits behind one that waits for its lock."""

# One process at a time. Not waiting for a lock of the outbox meanwhile, it holds up nobody.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.outbox.partitions', 0))")
_LOCK_OUTBOX = text("LOCK TABLE ONLY outbox IN ACCESS EXCLUSIVE MODE")
_PARTITIONS = text("""
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = CAST('outbox' AS regclass) AND child.relname LIKE 'outbox\\_p%' ORDER BY 1
""")
# Mostly there are none: rows lie there that were written while the partition of their day could not be made.
_DAYS_WITHOUT = text(f"SELECT DISTINCT CAST(created_at AT TIME ZONE 'UTC' AS date) FROM {DEFAULT}")


async def of_days(connection: AsyncConnection) -> list[str]:
    """The names of the partitions that there are but for `DEFAULT`, the oldest day first."""
    return list((await connection.execute(_PARTITIONS)).scalars())


async def keep_partitions(database: Database, today: date | None = None) -> None:
    """Make the partitions of today, of the next days and of days that have rows but no partition; drop those past
    `KEEP_DAYS` that hold nothing unsent.

    Rows that were written before the partition of their day existed move into it from the default one.
    A partition that cannot be made or dropped now is logged, and stops no other.
    """
    day = today or clock.now().date()
    async with database.transaction() as connection:
        existing = set(await of_days(connection))
        wanted = set((await connection.execute(_DAYS_WITHOUT)).scalars())
    wanted |= {day + timedelta(days=ahead) for ahead in range(AHEAD_DAYS + 1)}
    for start in sorted(wanted):
        if _name(start) not in existing:
            await _alone(database, _make if start > day + timedelta(days=1) else _make_in_use, start)
    for name in sorted(existing | set(map(_name, wanted))):
        if name < _name(day - timedelta(days=KEEP_DAYS)):
            await _alone(database, _drop, _day(name))


async def _alone(database: Database, change: Callable[[AsyncConnection, date], Awaitable[None]], day: date) -> None:
    try:
        async with database.transaction() as connection:
            await connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
            await connection.execute(text("SET LOCAL timezone = 'UTC'"))
            await connection.execute(_ALONE)
            await change(connection, day)
    except Exception as error:
        log.warning("outbox.partition_not_kept", partition=_name(day), error=f"{type(error).__name__}: {error}"[:500])


async def _make_in_use(connection: AsyncConnection, day: date) -> None:
    # An insert that chose the default partition before the right one was attached would fail.
    await connection.execute(_LOCK_OUTBOX)
    await _make(connection, day)


async def _make(connection: AsyncConnection, day: date) -> None:
    # Attaching rather than creating in place: inserts into other partitions go on meanwhile, and a default
    # partition that holds rows of the day would forbid it.
    name, bounds = _name(day), f"'{day}' AND created_at < '{day + timedelta(days=1)}'"
    if await _exists(connection, name):
        return
    for statement in (
        "LOCK TABLE ONLY outbox IN SHARE UPDATE EXCLUSIVE MODE",
        f"LOCK TABLE {DEFAULT} IN ACCESS EXCLUSIVE MODE",
        f"CREATE TABLE {name} (LIKE outbox INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)",
        f"WITH moved AS (DELETE FROM {DEFAULT} WHERE created_at >= {bounds} RETURNING *) "
        f"INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE outbox ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{day + timedelta(days=1)}')",
    ):
        await connection.execute(text(statement))


async def _drop(connection: AsyncConnection, day: date) -> None:
    name = _name(day)
    await connection.execute(_LOCK_OUTBOX)
    if not await _exists(connection, name):
        return
    unsent = await connection.scalar(text(f"SELECT count(*) FROM {name} WHERE sent_at IS NULL"))
    if unsent:
        log.error("outbox.old_partition_has_unsent", partition=name, unsent=unsent)
        return
    await connection.execute(text(f"DROP TABLE {name}"))


async def _exists(connection: AsyncConnection, name: str) -> bool:
    return await connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None


def _name(day: date) -> str:
    return f"outbox_p{day:%Y%m%d}"


def _day(name: str) -> date:
    return datetime.strptime(name, "outbox_p%Y%m%d").replace(tzinfo=UTC).date()
