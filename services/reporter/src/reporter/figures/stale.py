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
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.failures import failing
from reporter.figures.parts import PART_OF_SECTION, SECTIONS, Part


@dataclass(frozen=True, order=True)
class Cell:
    """What is counted together: one item on one Moscow day."""

    nm_id: int
    day: date


@dataclass(frozen=True)
class Mark:
    """A section that is to be counted, and the transaction that said so last."""

    nm_id: int
    section: Section
    marked_by: int
    is_told: bool
    """Whether somebody is to be told what is found: not by a backfill alone was it marked."""
    failures: int = 0
    """How many times in a row it could not be counted."""


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
        parts.append(f"SELECT DISTINCT {PART_OF_SECTION} FROM touched_sections")
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
_MARK_CELLS = text(f"""
WITH {marks(cells="SELECT nm_id, CAST(:day AS date) FROM unnest(CAST(:nm_ids AS bigint[])) AS nm_id")}
SELECT
""")
# Whoever counts first says of which day the cabinet's figures are, so that they are turned with the next one.
BEGUN = """
begun AS (
    INSERT INTO figure_days (cabinet_id, day) VALUES (CAST(:cabinet_id AS uuid), CAST(:today AS date))
    ON CONFLICT DO NOTHING
)
"""
_NEXT_SECTIONS = {
    part: text(f"""
        SELECT nm_id, section, marked_by, is_told, coalesce(failed.failures, 0) AS failures
        FROM stale_sections AS stale LEFT JOIN LATERAL (
            {failing(part, "stale.nm_id", "stale.section", columns="failed.failures, failed.retry_at")} OFFSET 0
        ) AS failed ON true
        WHERE cabinet_id = :cabinet_id AND nm_id > :after AND {condition}
            AND (failed.retry_at IS NULL OR failed.retry_at <= now())
        ORDER BY nm_id FETCH FIRST :limit ROWS WITH TIES
    """)
    for part, condition in SECTIONS.items()
}
# Between the look and this another process may have counted some: what it has found since must not be overwritten.
_UNMARK = text(f"""
WITH {BEGUN}, seen AS (
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


async def mark_cells(connection: AsyncConnection, cabinet_id: UUID, nm_ids: Collection[int], day: date) -> None:
    """The items (0: the whole cabinet) are to be counted later on this day, and with it their periods."""
    values = {"cabinet_id": cabinet_id, "nm_ids": sorted(nm_ids), "day": day, "is_live": False}
    await connection.execute(_MARK_CELLS, values)


async def next_sections(
    connection: AsyncConnection, cabinet_id: UUID, part: Part, *, after: int, limit: int
) -> list[Mark]:
    """Some `limit` marked sections of the part, all of each item, by `nm_id` from the one `after`; they stay marked.

    What failed is among them once its pause is over.
    """
    rows = await connection.execute(_NEXT_SECTIONS[part], {"cabinet_id": cabinet_id, "after": after, "limit": limit})
    return [Mark(row.nm_id, Section(row.section), row.marked_by, row.is_told, row.failures) for row in rows]


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


def as_arrays(cells: Sequence[Cell]) -> dict[str, list[object]]:
    """The cells as parallel arrays, for `unnest`."""
    return {"nm_ids": [cell.nm_id for cell in cells], "days": [cell.day for cell in cells]}
