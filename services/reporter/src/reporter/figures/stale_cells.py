"""Cells are taken to be counted: unmarked in the transaction that writes what was counted of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.failures import failing
from reporter.figures.parts import Part
from reporter.figures.stale import BEGUN, Cell


@dataclass(frozen=True)
class Taken:
    """Cells that are counted now."""

    cells: list[Cell]
    told: set[int]
    """Their items, but for those that a backfill alone has marked: of these nobody is told."""


_NEXT = f"""
    FROM stale_cells
    WHERE cabinet_id = :cabinet_id AND nm_id > :after AND nm_id <> {WHOLE_CABINET}
        AND NOT EXISTS ({failing(Part.CELLS, "stale_cells.nm_id")} AND retry_at > now() OFFSET 0)
    ORDER BY nm_id FETCH FIRST :limit ROWS WITH TIES
"""
_NEXT_ITEMS = text(f"SELECT DISTINCT nm_id FROM (SELECT nm_id {_NEXT}) AS next ORDER BY nm_id")


def _take(places: str) -> TextClause:
    # Deleted by their place, looked up by the key: without statistics the planner would read the whole cabinet.
    return text(f"""
        WITH {BEGUN}, taken AS (
            DELETE FROM stale_cells WHERE ctid = ANY (ARRAY({places})) RETURNING nm_id, day, is_told
        ), recovered AS (
            DELETE FROM stale_failures
            WHERE cabinet_id = :cabinet_id AND kind = '{Part.CELLS}' AND nm_id IN (SELECT nm_id FROM taken)
        )
        SELECT nm_id, day, is_told FROM taken
    """)


_TAKE_NEXT = _take(f"SELECT ctid {_NEXT}")
_TAKE_OF = _take(
    "SELECT ctid FROM stale_cells WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))"
)
_TAKE_DAYS = text(f"""
WITH paused AS MATERIALIZED (
    {failing(Part.CELLS, str(WHOLE_CABINET))} AND retry_at > now()
), taken AS (
    DELETE FROM stale_cells
    WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} AND NOT EXISTS (SELECT FROM paused) AND day IN (
        SELECT day FROM stale_cells WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} ORDER BY day LIMIT :limit
    )
    RETURNING day
), recovered AS (
    DELETE FROM stale_failures
    WHERE cabinet_id = :cabinet_id AND kind = '{Part.CELLS}' AND nm_id = {WHOLE_CABINET} AND retry_at <= now()
)
SELECT day FROM taken UNION ALL SELECT NULL FROM paused
""")


async def take_cells(connection: AsyncConnection, cabinet_id: UUID, today: date, *, after: int, limit: int) -> Taken:
    """Unmark some `limit` cells, all those of each item, by `nm_id` from the one `after`.

    Those of an item that failed are among them once its pause is over.
    """
    values = {"cabinet_id": cabinet_id, "today": today, "after": after, "limit": limit}
    return _taken(await connection.execute(_TAKE_NEXT, values))


async def next_items(connection: AsyncConnection, cabinet_id: UUID, *, after: int, limit: int) -> list[int]:
    """The items whose cells `take_cells` would take."""
    values = {"cabinet_id": cabinet_id, "after": after, "limit": limit}
    return list((await connection.execute(_NEXT_ITEMS, values)).scalars())


async def take_cells_of(connection: AsyncConnection, cabinet_id: UUID, today: date, nm_ids: Sequence[int]) -> Taken:
    """Unmark all cells of these items."""
    values = {"cabinet_id": cabinet_id, "today": today, "nm_ids": list(nm_ids)}
    return _taken(await connection.execute(_TAKE_OF, values))


async def take_days(connection: AsyncConnection, cabinet_id: UUID, *, limit: int) -> list[date] | None:
    """Unmark up to `limit` days of the whole cabinet; none if it failed, and is not to be tried again yet."""
    found = list((await connection.execute(_TAKE_DAYS, {"cabinet_id": cabinet_id, "limit": limit})).scalars())
    return None if None in found else sorted(found)


def _taken(rows: Iterable[Any]) -> Taken:
    taken = list(rows)
    return Taken(sorted(Cell(row.nm_id, row.day) for row in taken), {row.nm_id for row in taken if row.is_told})
