"""Which cabinets have something to be counted that has waited long enough."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import failures
from reporter.figures.failures import failing
from reporter.figures.parts import SECTIONS, Part


@dataclass(frozen=True)
class Waits:
    """How long marks wait to be counted together, in seconds."""

    live: float
    """After the first, where live events alone have marked."""
    quiet: float = 2.0
    """After the last; and the first pause after a failure."""
    longest: float = 60.0
    """After the first, whatever comes."""


@dataclass(frozen=True)
class Due:
    """A cabinet whose marks have waited long enough."""

    cabinet_id: UUID
    part: Part
    is_live: bool
    """Whether live events alone have marked."""


_DUE = text(f"""
SELECT cabinet_id, bool_and(is_live) AS is_live FROM (
    SELECT cabinet_id, is_live, stale_since FROM stale_cabinets
    WHERE part = :part AND (
        is_live AND stale_since <= now() - make_interval(secs => :live)
        OR marked_at <= now() - make_interval(secs => :quiet)
        OR stale_since <= now() - make_interval(secs => :longest)
    )
    UNION ALL
    SELECT cabinet_id, false, stale_since FROM stale_failures WHERE kind = :part AND retry_at <= now()
) AS waiting
WHERE NOT EXISTS (
    SELECT FROM stale_failures AS failed
    WHERE failed.cabinet_id = waiting.cabinet_id AND failed.kind = :part AND failed.nm_id = {failures.ALL}
        AND failed.retry_at > now()
)
GROUP BY cabinet_id ORDER BY min(stale_since)
""")


def _finish(part: Part) -> str:
    if part is Part.CELLS:
        table, condition, what = "stale_cells", "true", "''"
    else:
        table, condition, what = "stale_sections", SECTIONS[part], "stale.section"
    return f"""
        WITH left_over AS MATERIALIZED (
            SELECT FROM {table} AS stale WHERE cabinet_id = :cabinet_id AND {condition}
                AND NOT EXISTS ({failing(part, "stale.nm_id", what)} OFFSET 0)
            LIMIT 1
        ), again AS (
            UPDATE stale_cabinets SET stale_since = now()
            WHERE cabinet_id = :cabinet_id AND part = '{part}' AND EXISTS (SELECT FROM left_over)
        ), forgotten AS (
            DELETE FROM stale_failures AS failed
            WHERE cabinet_id = :cabinet_id AND kind = '{part}' AND NOT EXISTS (
                SELECT FROM {table} AS stale
                WHERE stale.cabinet_id = :cabinet_id AND stale.nm_id = failed.nm_id AND {what} = failed.what
            )
        )
        DELETE FROM stale_cabinets
        WHERE cabinet_id = :cabinet_id AND part = '{part}' AND NOT EXISTS (SELECT FROM left_over)
    """


_FINISH = {part: text(_finish(part)) for part in Part}


async def due(connection: AsyncConnection, part: Part, waits: Waits) -> list[Due]:
    """Cabinets that have marks of the part which have waited long enough, or failed and are to be tried again."""
    values = {"part": part, "live": waits.live, "quiet": waits.quiet, "longest": waits.longest}
    return [Due(row.cabinet_id, part, row.is_live) for row in await connection.execute(_DUE, values)]


async def finish(connection: AsyncConnection, cabinet_id: UUID, part: Part) -> None:
    """All of the part was tried: what is still stale was set aside, or marked meanwhile, and its time begins anew."""
    await connection.execute(_FINISH[part], {"cabinet_id": cabinet_id})
