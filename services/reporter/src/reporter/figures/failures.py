"""What cannot be counted is set aside: it stays stale, holds up nothing else, and is tried again after growing pauses.

A row of `stale_failures` is of what was tried alone in the end (`jobs/alone.py`): a section of an item, all cells of an
item, a whole part of a cabinet. It goes when that has been counted.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

log = structlog.get_logger()

FAILED = Counter(
    "pulse_figures_failed",
    "Figures that could not be counted, each time they were tried; they stay stale, and are tried again.",
    ("kind",),
    registry=None,
)

RECONCILIATION = "reconciliation"
DIGESTS = "digests"
"""Kinds of figures, beside the parts of a cabinet."""

ALL: Final = -1
"""Stands for an item: everything of the kind, which failed as a whole."""

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 3600.0

Key = tuple[int, str]
"""(nm_id, what): the section, or what else of the kind; '' where there is but one thing."""

_SET_ASIDE = text("""
INSERT INTO stale_failures AS known (cabinet_id, kind, nm_id, what, failures, stale_since, failed_at, retry_at)
SELECT CAST(:cabinet_id AS uuid), CAST(:kind AS text), nm_id, what, 1,
    coalesce((SELECT stale_since FROM stale_cabinets WHERE cabinet_id = :cabinet_id AND part = :kind), now()),
    now(), now() + make_interval(secs => :first)
FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:whats AS text[])) AS failed (nm_id, what)
ON CONFLICT (cabinet_id, kind, nm_id, what) DO UPDATE
SET failures = known.failures + 1, failed_at = excluded.failed_at,
    retry_at = now() + make_interval(secs => least(:longest, :first * power(2, least(known.failures, 20))))
""")
_RECOVERED = text("""
DELETE FROM stale_failures
WHERE cabinet_id = :cabinet_id AND kind = :kind AND (nm_id, what) IN (
    SELECT * FROM unnest(CAST(:nm_ids AS bigint[]), CAST(:whats AS text[]))
)
""")


def failing(kind: str, nm_id: str, what: str = "''", *, cabinet_id: str = ":cabinet_id", columns: str = "") -> str:
    """SQL: a query of the row of what was set aside, by SQL of its key; a condition (`AND …`) may follow."""
    return f"""
        SELECT {columns} FROM stale_failures AS failed
        WHERE failed.cabinet_id = {cabinet_id} AND failed.kind = '{kind}' AND failed.nm_id = {nm_id}
            AND failed.what = {what}
    """


async def set_aside(
    connection: AsyncConnection,
    cabinet_id: UUID,
    kind: str,
    keys: Collection[Key],
    error: Exception,
    *,
    first_pause: float = FIRST_PAUSE_SECONDS,
) -> None:
    """Remember that these failed, all with the same error; the next time each pause is twice as long, up to an hour."""
    values = {"first": first_pause, "longest": LONGEST_PAUSE_SECONDS}
    await connection.execute(_SET_ASIDE, {**_key(cabinet_id, kind, keys), **values})
    for what in {what for _, what in keys}:
        nm_ids = sorted(nm_id for nm_id, named in keys if named == what)
        FAILED.labels(kind).inc(len(nm_ids))
        log.error(  # structlog's way
            "figures.set_aside", cabinet_id=str(cabinet_id), kind=kind, what=what, items=len(nm_ids),
            nm_ids=nm_ids[:5], exc_info=error,
        )  # fmt: skip


async def recovered(connection: AsyncConnection, cabinet_id: UUID, kind: str, keys: Collection[Key]) -> None:
    """These were counted."""
    await connection.execute(_RECOVERED, _key(cabinet_id, kind, keys))


def _key(cabinet_id: UUID, kind: str, keys: Collection[Key]) -> dict[str, object]:
    return {
        "cabinet_id": cabinet_id,
        "kind": str(kind),
        "nm_ids": [nm_id for nm_id, _ in keys],
        "whats": [str(what) for _, what in keys],
    }
