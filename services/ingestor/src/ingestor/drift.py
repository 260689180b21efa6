"""What has changed about WB's rows: `wb_shapes`, which all processes note what they have seen in."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.sync.shapes import Name, Shapes

log = structlog.get_logger()

EVERY_SECONDS = 60

LEARNING_DAYS = 3
"""After a method's first row so long all that its rows have is taken to have been there before."""

# Rows are locked in one order, whoever notes.
_NOTE = text("""
    INSERT INTO wb_shapes AS known (method, kind, name, times, drifted)
    SELECT seen.method, kind, name, times, is_news AND coalesce(
        (SELECT min(first_seen_at) < now() - make_interval(days => :days) FROM wb_shapes old
            WHERE old.method = seen.method), false)
    FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS seen (method text, kind text, name text, times integer,
        is_news boolean)
    ORDER BY method, kind, name
    ON CONFLICT (method, kind, name) DO UPDATE SET times = known.times + excluded.times, last_seen_at = now()
    RETURNING known.method, known.kind, known.name, known.drifted AND old.method IS NULL AS is_new
""")
_KNOWN = text("SELECT method, kind, name, drifted FROM wb_shapes")
_LISTED = text("""
    SELECT method, kind, name, times, first_seen_at, last_seen_at FROM wb_shapes WHERE drifted
    ORDER BY method, kind, name
""")
_ACCEPT = text("UPDATE wb_shapes SET drifted = false WHERE drifted")


def watch(database: Database, shapes: Shapes) -> Callable[[], Coroutine[Any, Any, None]]:
    """A look at what this process has seen, to be taken every `EVERY_SECONDS`; the first learns what all know."""
    has_learnt = False

    async def look() -> None:
        nonlocal has_learnt
        if not has_learnt:
            async with database.transaction() as connection:
                await learn(connection, shapes)
            has_learnt = True
        await note(database, shapes)

    return look


async def note(database: Database, shapes: Shapes) -> None:
    """Put what this process has seen to what all have; what is new to all is told once, in the log."""
    drained = shapes.drain()
    seen = [
        {"method": method, "kind": name.kind, "name": name.name, "times": noted.times, "is_news": noted.is_news}
        for method, names in drained.items()
        for name, noted in names.items()
    ]
    if not seen:
        return
    try:
        async with database.transaction() as connection:
            told = (await connection.execute(_NOTE, {"seen": json.dumps(seen), "days": LEARNING_DAYS})).all()
            await learn(connection, shapes)
    except BaseException:
        shapes.give_back(drained)
        raise
    for row in told:
        if row.is_new:
            log.warning("wb.drifted", method=row.method, kind=row.kind, name=row.name)


async def learn(connection: AsyncConnection, shapes: Shapes) -> None:
    """Have this process know what all do."""
    known: dict[str, dict[Name, bool]] = {}
    for method, kind, name, drifted in await connection.execute(_KNOWN):
        known.setdefault(method, {})[Name(kind, name)] = drifted
    shapes.learn(known)


async def drifted(connection: AsyncConnection) -> list[dict[str, Any]]:
    """What has drifted and was not accepted: `method`, `kind`, `name`, `times`, `first_seen_at`, `last_seen_at`."""
    return [dict(row) for row in (await connection.execute(_LISTED)).mappings()]


async def accept(connection: AsyncConnection) -> int:
    """A person has looked at all that has drifted: it is known from now on. How many names."""
    return (await connection.execute(_ACCEPT)).rowcount
