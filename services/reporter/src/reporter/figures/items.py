"""`item_figures`: sections of items (0: of the whole cabinet), each counted by a module of its own.

Counting reads only, whatever it takes; what was counted is written apart from it, in one statement, and only where it
differs. So live events need not wait for the counting.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from contracts.model import Model
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.sections import adverts, buyout, money, plan, rank, regions, reviews, stock, velocity

Bodies = Mapping[tuple[int, str], Model]
"""(nm_id, currency; '' for a section without money) → the body; what has nothing to say is not there."""

Count = Callable[[AsyncConnection, UUID, Sequence[int], date], Awaitable[Bodies]]
"""Counts a section of some items of a cabinet as of a day, in a fixed number of statements."""

COUNTS: Mapping[Section, Count] = {
    module.SECTION: module.count for module in (adverts, buyout, money, plan, rank, regions, reviews, stock, velocity)
}

OF_ALL_ITEMS = frozenset({Section.RANK})
"""Items are compared with one another: counted for all of them at once, when the cabinet's own is."""

OF_CELLS = frozenset(Section) - {Section.REVIEWS}
"""What changes with the orders and sales of an item."""

MADE_OF: Mapping[Section, frozenset[Section]] = {
    Section.MONEY: frozenset({Section.BUYOUT}),
    Section.RANK: frozenset({Section.MONEY, Section.VELOCITY}),
}
"""Section → those of the same item that it is counted from."""


@dataclass(frozen=True, order=True)
class Figure:
    """One row of `item_figures`."""

    nm_id: int
    section: Section
    currency: str


Counted = Mapping[Figure, str]
"""The bodies as JSON."""

# What is known is looked up row by row: without statistics the planner would read the whole cabinet.
_WRITE = text(f"""
WITH counted AS (
    SELECT * FROM unnest(
        CAST(:nm_ids AS bigint[]), CAST(:sections AS text[]), CAST(:currencies AS text[]), CAST(:bodies AS text[])
    ) AS counted (nm_id, section, currency, body)
), asked AS (
    SELECT * FROM unnest(CAST(:asked_nm_ids AS bigint[]), CAST(:asked_sections AS text[])) AS asked (nm_id, section)
), written AS (
    INSERT INTO item_figures AS known (cabinet_id, nm_id, section, currency, as_of, body)
    SELECT :cabinet_id, nm_id, section, currency, CAST(:today AS date), CAST(body AS jsonb) FROM counted
    ON CONFLICT (cabinet_id, nm_id, section, currency) DO UPDATE SET as_of = excluded.as_of, body = excluded.body
    WHERE (known.as_of, known.body) IS DISTINCT FROM (excluded.as_of, excluded.body)
    RETURNING nm_id, section, currency, old.body IS DISTINCT FROM new.body AS is_other
), known AS (
    SELECT known.* FROM asked CROSS JOIN LATERAL (
        SELECT nm_id, section, currency, ctid AS place FROM item_figures
        WHERE cabinet_id = :cabinet_id AND item_figures.nm_id = asked.nm_id AND item_figures.section = asked.section
        OFFSET 0
    ) AS known
    UNION ALL
    SELECT nm_id, section, currency, ctid FROM item_figures
    WHERE cabinet_id = :cabinet_id AND section = ANY (CAST(:of_all_items AS text[])) AND nm_id <> {WHOLE_CABINET}
), emptied AS (
    DELETE FROM item_figures WHERE ctid = ANY (ARRAY(
        SELECT place FROM known
        WHERE (nm_id, section, currency) NOT IN (SELECT nm_id, section, currency FROM counted)
    ))
    RETURNING nm_id, section, currency
)
SELECT nm_id, section, currency FROM written WHERE is_other
UNION ALL
SELECT nm_id, section, currency FROM emptied
ORDER BY nm_id, section, currency
""")


async def count(
    connection: AsyncConnection,
    cabinet_id: UUID,
    wanted: Mapping[Section, Collection[int]],
    today: date,
) -> Counted:
    """The wanted sections of items as of `today`; reads only."""
    counted: dict[Figure, str] = {}
    for section in sorted(wanted.keys() & COUNTS.keys()):
        bodies = await COUNTS[section](connection, cabinet_id, sorted(wanted[section]), today)
        for (nm_id, currency), body in bodies.items():
            counted[Figure(nm_id, section, currency)] = body.model_dump_json()
    return counted


async def write(
    connection: AsyncConnection,
    cabinet_id: UUID,
    wanted: Mapping[Section, Collection[int]],
    counted: Counted,
    today: date,
) -> list[Figure]:
    """Write what was counted of the wanted, in one statement; those whose body changed, the gone ones too."""
    asked = [(nm_id, section) for section, nm_ids in wanted.items() for nm_id in nm_ids]
    rows = [
        (figure, body)
        for figure, body in sorted(counted.items())
        if figure.nm_id in wanted.get(figure.section, ()) or figure.section in wanted.keys() & OF_ALL_ITEMS
    ]
    found = await connection.execute(
        _WRITE,
        {
            "cabinet_id": cabinet_id,
            "today": today,
            "nm_ids": [figure.nm_id for figure, _ in rows],
            "sections": [figure.section for figure, _ in rows],
            "currencies": [figure.currency for figure, _ in rows],
            "bodies": [body for _, body in rows],
            "asked_nm_ids": [nm_id for nm_id, _ in asked],
            "asked_sections": [section for _, section in asked],
            "of_all_items": sorted(wanted.keys() & OF_ALL_ITEMS),
        },
    )
    return [Figure(row.nm_id, Section(row.section), row.currency) for row in found]


def made_of(changed: Collection[Figure]) -> dict[Section, set[int]]:
    """What is to be counted again because these changed."""
    return {
        section: {figure.nm_id for figure in changed if figure.section in sources and figure.nm_id != WHOLE_CABINET}
        for section, sources in MADE_OF.items()
    }
