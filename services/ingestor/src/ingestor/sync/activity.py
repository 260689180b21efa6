"""When something happened at a cabinet last, or somebody asked for it. Where nothing does, it is read more rarely."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.sync.page import Run

RARELY_SECONDS = 60 * 60
"""A sign of life so soon after another is not written down."""

_NOTE = text("UPDATE cabinets SET active_at = now() WHERE cabinet_id = :cabinet_id AND status <> 'disconnected'")
# What failed, or waits for WB's limits, goes on waiting.
_HURRY = text("""
    UPDATE sync_state s SET every_seconds = NULL, every_because = NULL,
        next_run_at = CASE WHEN failures = 0 AND refusals = 0 AND waits_for IS NULL AND next_run_at < 'infinity'
            THEN least(next_run_at, now()) ELSE next_run_at END
    FROM (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = :cabinet_id AND every_because = 'dormant' ORDER BY resource FOR UPDATE
    ) AS slow
    WHERE s.cabinet_id = slow.cabinet_id AND s.resource = slow.resource
""")


def is_sign(this: Run, *, rate: float) -> bool:
    """Whether a run of news has found that something happens at its cabinet, and that is worth being written down."""
    if this.resource.changes_by_itself or not this.counts.found_anything:
        return False
    return this.lease.is_slow or this.lease.idle_seconds * rate > RARELY_SECONDS


async def note(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Something happens at the cabinet: what is read more rarely because nothing did is due now.

    It locks the cabinet, and then rows of its syncs: not for a transaction that holds one of them.
    """
    await connection.execute(_NOTE, {"cabinet_id": cabinet_id})
    await connection.execute(_HURRY, {"cabinet_id": cabinet_id})
