"""Which items are to be reconciled, because something that is compared changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.failures import RECONCILIATION, failing


def marks(items: str, is_told: str = "CAST(:is_live AS boolean)") -> str:
    """What marks the items (nm_id) of a query; `is_told` says of each whether it is no backfill that touched it."""
    return f"""
        INSERT INTO stale_reconciliations AS known (cabinet_id, nm_id, marked_at, is_told)
        SELECT DISTINCT CAST(:cabinet_id AS uuid), nm_id, now(), {is_told} FROM ({items}) AS items WHERE nm_id > 0
        ON CONFLICT (cabinet_id, nm_id) DO UPDATE
        SET marked_by = excluded.marked_by, is_told = known.is_told OR excluded.is_told
    """


_MARK = text(
    marks("SELECT unnest(CAST(:nm_ids AS bigint[])) AS nm_id", is_told="nm_id = ANY (CAST(:told AS bigint[]))")
)


def _not_paused(of: str) -> str:
    paused = failing(RECONCILIATION, f"{of}.nm_id", cabinet_id=f"{of}.cabinet_id")
    return f"NOT EXISTS ({paused} AND retry_at > now() OFFSET 0)"


_DUE = text(f"""
SELECT cabinet_id FROM stale_reconciliations AS stale
WHERE marked_at <= now() - make_interval(secs => :after_seconds) AND {_not_paused("stale")}
UNION
SELECT cabinet_id FROM reconciliation AS known WHERE open_on < CAST(:today AS date) AND {_not_paused("known")}
ORDER BY cabinet_id
""")
_NEXT = text(f"""
SELECT either.nm_id, stale.marked_by, coalesce(stale.is_told, true) AS is_told
FROM (
    SELECT cabinet_id, nm_id FROM stale_reconciliations WHERE cabinet_id = :cabinet_id
    UNION
    SELECT cabinet_id, nm_id FROM reconciliation WHERE cabinet_id = :cabinet_id AND open_on < CAST(:today AS date)
) AS either
LEFT JOIN stale_reconciliations AS stale ON stale.cabinet_id = :cabinet_id AND stale.nm_id = either.nm_id
WHERE either.nm_id > :after AND {_not_paused("either")}
ORDER BY either.nm_id LIMIT :limit
""")
# Between the look and this another process may have reconciled some: what it has found must not be overwritten.
_UNMARK = text(f"""
WITH seen AS (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:marked_by AS bigint[])) AS seen (nm_id, marked_by)
), present AS (
    SELECT seen.nm_id, stale.marked_by = seen.marked_by AS is_same
    FROM seen
    LEFT JOIN stale_reconciliations AS stale ON stale.cabinet_id = :cabinet_id AND stale.nm_id = seen.nm_id
    WHERE stale.nm_id IS NOT NULL OR seen.marked_by IS NULL AND EXISTS (
        SELECT FROM reconciliation AS known
        WHERE known.cabinet_id = :cabinet_id AND known.nm_id = seen.nm_id AND open_on < CAST(:today AS date)
    )
), unmarked AS (
    DELETE FROM stale_reconciliations USING present
    WHERE cabinet_id = :cabinet_id AND stale_reconciliations.nm_id = present.nm_id AND present.is_same
), recovered AS (
    DELETE FROM stale_failures
    WHERE cabinet_id = :cabinet_id AND kind = '{RECONCILIATION}' AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
)
SELECT nm_id FROM present ORDER BY nm_id
""")


@dataclass(frozen=True)
class Mark:
    """An item that is to be reconciled."""

    nm_id: int
    marked_by: int | None
    """The transaction that said so last; none: a day passed."""
    is_told: bool
    """No backfill alone brought it up."""


async def mark(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Collection[int], *, told: Collection[int]
) -> None:
    """The items are to be reconciled again: their orders or sales changed; `told`: by no backfill."""
    values = {"cabinet_id": cabinet_id, "nm_ids": sorted(nm_ids), "told": sorted(told)}
    await connection.execute(_MARK, values)


async def due(connection: AsyncConnection, *, after_seconds: float, today: date) -> list[UUID]:
    """Cabinets with items marked so long ago, or with days that were not told to their end yesterday."""
    found = await connection.execute(_DUE, {"after_seconds": after_seconds, "today": today})
    return list(found.scalars())


async def next_marks(
    connection: AsyncConnection, cabinet_id: UUID, *, after: int, limit: int, today: date
) -> list[Mark]:
    """Up to `limit` items that are to be reconciled, by `nm_id` from the one `after`; they stay marked."""
    values = {"cabinet_id": cabinet_id, "after": after, "limit": limit, "today": today}
    return [Mark(*row) for row in await connection.execute(_NEXT, values)]


async def unmark(connection: AsyncConnection, cabinet_id: UUID, seen: Sequence[Mark], today: date) -> list[int]:
    """Unmark the items that nobody has marked again since they were seen; all of which what was found is to be stored.

    What somebody else has reconciled meanwhile is not to be stored; what was marked again is, and stays marked.
    """
    values = {"nm_ids": [mark.nm_id for mark in seen], "marked_by": [mark.marked_by for mark in seen], "today": today}
    return list((await connection.execute(_UNMARK, {"cabinet_id": cabinet_id, **values})).scalars())
