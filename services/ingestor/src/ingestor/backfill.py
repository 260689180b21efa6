"""A stretch of time read again because somebody asks for it: asked for here, read by the running service, watched."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracts.audit import Values
from servicekit.db import Database
from servicekit.operators import record_command
from sqlalchemy import text

from ingestor.sync import ranges
from ingestor.sync.range_turns import PERCENT
from ingestor.sync.ranges import NoRange
from ingestor.wb.times import moment

LOOK_SECONDS = 0.5

_VERIFIED = text("SELECT cabinet_id FROM cabinets WHERE status = 'verified' LIMIT 2")
_LOOK = text(f"""
    SELECT state, error, {PERCENT} AS percent, coalesce(progress, '{{}}') AS progress
    FROM sync_ranges WHERE cabinet_id = :cabinet_id AND id = :id
""")


@dataclass(frozen=True, slots=True)
class Seen:
    """How far a range is: percent, the rows that WB sent, and those of them that were new or differed."""

    state: str
    percent: int
    rows: int
    rows_new: int
    rows_changed: int
    error: str | None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in {"done", "failed"}

    def __str__(self) -> str:
        told = f"{self.rows} rows read, {self.rows_new} were missing, {self.rows_changed} were different"
        return f"{self.state}: {told}{f' ({self.error})' if self.error else ''}"


def day_or_moment(named: str) -> date | datetime:
    """What a word of a command line means: `2026-11-21`, or `2026-11-21T10:00:00` (of Moscow, unless it has an offset).

    Raises:
        NoRange: neither.
    """
    try:
        return date.fromisoformat(named) if len(named) == len("2026-11-21") else moment(named)
    except ValueError as error:
        raise NoRange(f"{named}: a date or a time is meant, 2026-11-21 or 2026-11-21T10:00:00") from error


async def backfill(
    database: Database,
    resource: str,
    *,
    cabinet_id: UUID | None,
    since: date | datetime,
    until: date | datetime,
    watch: Callable[[Seen], None],
) -> Seen:
    """Ask for a stretch of a cabinet (default: the only one), and watch it to its end, which is given.

    Raises:
        NoRange: it cannot be read, or nobody knows of which cabinet.
    """
    async with database.transaction() as connection:
        if cabinet_id is None:
            found = (await connection.execute(_VERIFIED)).scalars().all()
            if len(found) != 1:
                raise NoRange("which cabinet? --cabinet ID")
            [cabinet_id] = found
        asked = await ranges.ask(connection, cabinet_id, resource, since, until, why=ranges.BACKFILL)
        after: Values = {"resource": resource, "since": since.isoformat(), "until": until.isoformat()}
        await record_command(
            connection, "ingestor", "ingestor backfill", cabinet_id=cabinet_id, targets={"range_id": asked}, after=after
        )
    while True:
        seen = await _look(database, cabinet_id, asked)
        watch(seen)
        if seen.has_ended:
            return seen
        await asyncio.sleep(LOOK_SECONDS)


async def _look(database: Database, cabinet_id: UUID, asked: UUID) -> Seen:
    async with database.transaction() as connection:
        row = (await connection.execute(_LOOK, {"cabinet_id": cabinet_id, "id": asked})).mappings().first()
    if row is None:
        raise NoRange("the cabinet was disconnected")
    counts: dict[str, Any] = {"rows_new": 0, "rows_changed": 0, "rows_same": 0, "rows_quarantined": 0} | row["progress"]
    rows = sum(counts[f"rows_{kind}"] for kind in ("new", "changed", "same", "quarantined"))
    return Seen(row["state"], row["percent"], rows, counts["rows_new"], counts["rows_changed"], row["error"])
