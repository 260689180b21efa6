"""What is to be counted: cells (an item on a day) and sections of items that facts have changed since.

Whoever stores facts marks in the same transaction what they touch, holding the cabinet (`cabinets.hold`);
`jobs/count_cells.py` and `jobs/count_sections.py` count what is marked, and unmark it in the transaction that writes
the figures: a process that dies loses no mark. One event touches few figures; a thousand events of a first load touch
the same ones, so what is not live is counted when it has gone quiet.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class Part(StrEnum):
    """What of a cabinet is counted together, after a wait of its own."""

    CELLS = "cells"
    ITEMS = "items"
    """Sections of items."""
    MONEY = "money"
    """Those of them that are made of others."""
    WHOLE = "whole"
    """Sections of the cabinet itself, and those in which items are compared with one another."""


@dataclass(frozen=True)
class Waits:
    """How long marks wait to be counted together, in seconds."""

    live: float
    """After the first, where live events alone have marked."""
    quiet: float = 2.0
    """After the last."""
    longest: float = 60.0
    """After the first, whatever comes."""


@dataclass(frozen=True, order=True)
class Cell:
    """What is counted together: one item on one Moscow day."""

    nm_id: int
    day: date


@dataclass(frozen=True)
class Due:
    """A cabinet whose marks have waited long enough."""

    cabinet_id: UUID
    part: Part
    is_live: bool
    """Whether live events alone have marked."""


@dataclass(frozen=True)
class Taken:
    """Cells that are counted now."""

    cells: list[Cell]
    told: set[int]
    """Their items, but for those that a backfill alone has marked: of these nobody is told."""


@dataclass(frozen=True)
class Mark:
    """A section that is to be counted, and the transaction that said so last."""

    nm_id: int
    section: Section
    marked_by: int
    is_told: bool
    """Whether somebody is to be told what is found: not by a backfill alone was it marked."""


def marks(*, cells: str | None = None, sections: str | None = None, is_told: str = "CAST(:is_live AS boolean)") -> str:
    """Members of a `WITH` that mark what a statement touches; to be put after those that store its rows.

    `cells` is a query of (nm_id, day), `sections` one of (nm_id, section); either may repeat itself. The members
    `touched_cells` and `touched_sections` hold them once each. Binds `:cabinet_id` and `:is_live`. Ranks are marked for
    the whole cabinet, whatever item is named. `is_told` says of an `nm_id` whether it is no backfill that touched it.
    """
    parts, members = [], []
    if cells is not None:
        parts.append(f"SELECT '{Part.CELLS}' WHERE EXISTS (SELECT FROM touched_cells)")
        members.append(f"""
touched_cells AS MATERIALIZED (
    SELECT DISTINCT nm_id, day FROM ({cells}) AS touched (nm_id, day)
), marked_cells AS (
    INSERT INTO stale_cells (cabinet_id, nm_id, day, is_told)
    SELECT CAST(:cabinet_id AS uuid), nm_id, day, {is_told} FROM touched_cells
    ON CONFLICT (cabinet_id, nm_id, day) DO UPDATE SET is_told = true
    WHERE excluded.is_told AND NOT stale_cells.is_told
)""")
    if sections is not None:
        part = f"""CASE WHEN nm_id = {WHOLE_CABINET} THEN '{Part.WHOLE}'
            WHEN section = '{Section.MONEY}' THEN '{Part.MONEY}' ELSE '{Part.ITEMS}' END"""
        parts.append(f"SELECT DISTINCT {part} FROM touched_sections")
        members.append(f"""
touched_sections AS MATERIALIZED (
    SELECT DISTINCT CASE section WHEN '{Section.RANK}' THEN {WHOLE_CABINET} ELSE nm_id END AS nm_id, section
    FROM ({sections}) AS touched (nm_id, section)
), marked_sections AS (
    INSERT INTO stale_sections (cabinet_id, nm_id, section, is_told)
    SELECT CAST(:cabinet_id AS uuid), nm_id, section, {is_told} FROM touched_sections
    ON CONFLICT (cabinet_id, nm_id, section) DO UPDATE
    SET marked_by = excluded.marked_by, is_told = stale_sections.is_told OR excluded.is_told
)""")
    return f"""{",".join(members)}, marked_parts AS (
    INSERT INTO stale_cabinets (cabinet_id, part, stale_since, marked_at, is_live)
    SELECT CAST(:cabinet_id AS uuid), part, now(), now(), CAST(:is_live AS boolean)
    FROM ({" UNION ALL ".join(parts)}) AS touched (part)
    ON CONFLICT (cabinet_id, part) DO UPDATE
    SET marked_at = excluded.marked_at, is_live = stale_cabinets.is_live AND excluded.is_live
)"""


_MARK_SECTIONS = text(f"""
WITH {
    marks(
        sections="SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:sections AS text[]))",
        is_told="nm_id = ANY (CAST(:told AS bigint[]))",
    )
}
SELECT
""")
_MARK_DAYS = text(f"""
INSERT INTO stale_cells (cabinet_id, nm_id, day)
SELECT :cabinet_id, {WHOLE_CABINET}, day FROM unnest(CAST(:days AS date[])) AS day
ON CONFLICT DO NOTHING
""")
_DUE = text("""
SELECT cabinet_id, part, is_live FROM stale_cabinets
WHERE part = :part AND (
    is_live AND stale_since <= now() - make_interval(secs => :live)
    OR marked_at <= now() - make_interval(secs => :quiet)
    OR stale_since <= now() - make_interval(secs => :longest)
)
ORDER BY stale_since
""")
# Whoever counts first says of which day the cabinet's figures are, so that they are turned with the next one.
_BEGUN = """
begun AS (
    INSERT INTO figure_days (cabinet_id, day) VALUES (CAST(:cabinet_id AS uuid), CAST(:today AS date))
    ON CONFLICT DO NOTHING
)
"""
# Rows are deleted by their place, looked up by the key: without statistics the planner would read the whole cabinet.
_TAKE_CELLS = text(f"""
WITH {_BEGUN}
DELETE FROM stale_cells WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM stale_cells
    WHERE cabinet_id = :cabinet_id AND nm_id > :after AND nm_id <> {WHOLE_CABINET}
    ORDER BY nm_id FETCH FIRST :limit ROWS WITH TIES
))
RETURNING nm_id, day, is_told
""")
_TAKE_DAYS = text(f"""
DELETE FROM stale_cells
WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} AND day IN (
    SELECT day FROM stale_cells WHERE cabinet_id = :cabinet_id AND nm_id = {WHOLE_CABINET} ORDER BY day LIMIT :limit
)
RETURNING day
""")
_SECTIONS = {
    Part.ITEMS: f"nm_id > {WHOLE_CABINET} AND section <> '{Section.MONEY}'",
    Part.MONEY: f"nm_id > {WHOLE_CABINET} AND section = '{Section.MONEY}'",
    Part.WHOLE: f"nm_id = {WHOLE_CABINET}",
}
"""Which sections each part has."""
_NEXT_SECTIONS = {
    part: text(f"""
        SELECT nm_id, section, marked_by, is_told FROM stale_sections
        WHERE cabinet_id = :cabinet_id AND nm_id > :after AND {condition}
        ORDER BY nm_id FETCH FIRST :limit ROWS WITH TIES
    """)
    for part, condition in _SECTIONS.items()
}
# Between the look and this another process may have counted some: what it has found since must not be overwritten.
_UNMARK = text(f"""
WITH {_BEGUN}, seen AS (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:sections AS text[]), CAST(:marked_by AS bigint[]))
        AS seen (nm_id, section, marked_by)
), present AS MATERIALIZED (
    SELECT seen.nm_id, seen.section, seen.marked_by = stale.marked_by AS is_same, stale.place
    FROM seen CROSS JOIN LATERAL (
        SELECT marked_by, ctid AS place FROM stale_sections
        WHERE cabinet_id = :cabinet_id AND stale_sections.nm_id = seen.nm_id AND stale_sections.section = seen.section
        OFFSET 0
    ) AS stale
), unmarked AS (
    DELETE FROM stale_sections WHERE ctid = ANY (ARRAY(SELECT place FROM present WHERE is_same))
)
SELECT nm_id, section FROM present
""")
_LEFT = {
    Part.CELLS: "SELECT FROM stale_cells WHERE cabinet_id = :cabinet_id",
    **{
        part: f"SELECT FROM stale_sections WHERE cabinet_id = :cabinet_id AND {condition}"
        for part, condition in _SECTIONS.items()
    },
}
_FINISH = {
    part: text(f"""
        WITH left_over AS MATERIALIZED ({left} LIMIT 1), again AS (
            UPDATE stale_cabinets SET stale_since = now()
            WHERE cabinet_id = :cabinet_id AND part = '{part}' AND EXISTS (SELECT FROM left_over)
        )
        DELETE FROM stale_cabinets
        WHERE cabinet_id = :cabinet_id AND part = '{part}' AND NOT EXISTS (SELECT FROM left_over)
    """)
    for part, left in _LEFT.items()
}

_POSTPONE = text("""
UPDATE stale_cabinets SET stale_since = now(), marked_at = now(), is_live = false
WHERE cabinet_id = :cabinet_id AND part = :part
""")


async def mark_sections(
    connection: AsyncConnection,
    cabinet_id: UUID,
    sections: Mapping[Section, Collection[int]],
    *,
    is_live: bool,
    told: Collection[int],
) -> None:
    """These sections, each of its items (0: of the cabinet), are to be counted; `told`: that no backfill brought up."""
    marked = [(nm_id, section) for section, nm_ids in sections.items() for nm_id in nm_ids]
    values = {
        "nm_ids": [nm_id for nm_id, _ in marked],
        "sections": [section for _, section in marked],
        "is_live": is_live,
        "told": sorted(told),
    }
    await connection.execute(_MARK_SECTIONS, {"cabinet_id": cabinet_id, **values})


async def mark_days(connection: AsyncConnection, cabinet_id: UUID, days: Collection[date]) -> None:
    """The whole cabinet is to be summed later on these days, because items of theirs were counted."""
    await connection.execute(_MARK_DAYS, {"cabinet_id": cabinet_id, "days": sorted(days)})


async def due(connection: AsyncConnection, part: Part, waits: Waits) -> list[Due]:
    """Cabinets that have marks of the part which have waited long enough, the oldest first."""
    values = {"part": part, "live": waits.live, "quiet": waits.quiet, "longest": waits.longest}
    return [Due(row.cabinet_id, Part(row.part), row.is_live) for row in await connection.execute(_DUE, values)]


async def take_cells(connection: AsyncConnection, cabinet_id: UUID, today: date, *, after: int, limit: int) -> Taken:
    """Unmark some `limit` cells, all those of each item, by `nm_id` from the one `after`."""
    values = {"cabinet_id": cabinet_id, "today": today, "after": after, "limit": limit}
    rows = list(await connection.execute(_TAKE_CELLS, values))
    return Taken(sorted(Cell(row.nm_id, row.day) for row in rows), {row.nm_id for row in rows if row.is_told})


async def take_days(connection: AsyncConnection, cabinet_id: UUID, *, limit: int) -> list[date]:
    """Unmark up to `limit` days of the whole cabinet."""
    return sorted((await connection.execute(_TAKE_DAYS, {"cabinet_id": cabinet_id, "limit": limit})).scalars())


async def next_sections(
    connection: AsyncConnection, cabinet_id: UUID, part: Part, *, after: int, limit: int
) -> list[Mark]:
    """Some `limit` marked sections of the part, all of each item, by `nm_id` from the one `after`; they stay marked."""
    rows = await connection.execute(_NEXT_SECTIONS[part], {"cabinet_id": cabinet_id, "after": after, "limit": limit})
    return [Mark(row.nm_id, Section(row.section), row.marked_by, row.is_told) for row in rows]


async def unmark(
    connection: AsyncConnection, cabinet_id: UUID, seen: Sequence[Mark], today: date
) -> dict[Section, set[int]]:
    """Unmark what nobody has marked again since it was seen; all that is to be written, by section.

    What somebody else has counted meanwhile is not to be written; what was marked again is, and stays marked.
    """
    values = {
        "today": today,
        "nm_ids": [mark.nm_id for mark in seen],
        "sections": [mark.section for mark in seen],
        "marked_by": [mark.marked_by for mark in seen],
    }
    present: dict[Section, set[int]] = defaultdict(set)
    for row in await connection.execute(_UNMARK, {"cabinet_id": cabinet_id, **values}):
        present[Section(row.section)].add(row.nm_id)
    return present


def by_section(seen: Sequence[Mark]) -> Mapping[Section, set[int]]:
    """The items of each section that are marked."""
    items: dict[Section, set[int]] = defaultdict(set)
    for mark in seen:
        items[mark.section].add(mark.nm_id)
    return items


async def postpone(connection: AsyncConnection, due: Due) -> None:
    """What failed waits until nothing has come for a while, as what is not live does."""
    await connection.execute(_POSTPONE, {"cabinet_id": due.cabinet_id, "part": due.part})


async def finish(connection: AsyncConnection, cabinet_id: UUID, part: Part) -> None:
    """Nothing of the part is stale any more, or only what was marked meanwhile: its time begins anew."""
    await connection.execute(_FINISH[part], {"cabinet_id": cabinet_id})


def as_arrays(cells: Sequence[Cell]) -> dict[str, list[object]]:
    """The cells as parallel arrays, for `unnest`."""
    return {"nm_ids": [cell.nm_id for cell in cells], "days": [cell.day for cell in cells]}
