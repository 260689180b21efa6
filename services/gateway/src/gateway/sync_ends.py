"""How the parts of a requested sync end."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Without the lock two resources that end together would each see the other unfinished.
_LOCK_RUN = text("SELECT 1 FROM sync_runs WHERE cabinet_id = :cabinet_id AND sync_id = :sync_id FOR UPDATE")
_END_PART = text("""
UPDATE sync_run_resources SET status = :status, started_at = coalesce(:started_at, started_at),
    finished_at = :finished_at, rows_new = :rows_new, rows_changed = :rows_changed, rows_same = :rows_same,
    rows_quarantined = :rows_quarantined, reason = :reason, judged_at = :time
WHERE cabinet_id = :cabinet_id AND sync_id = :sync_id AND resource = :resource
  AND (judged_at IS NULL OR judged_at <= :time)
""")
_END_RUN = text("""
UPDATE sync_runs SET finished_at = ended.at
FROM (
    SELECT max(finished_at) AS at FROM sync_run_resources
    WHERE cabinet_id = :cabinet_id AND sync_id = :sync_id
    HAVING count(*) FILTER (WHERE finished_at IS NULL) = 0
) AS ended
WHERE cabinet_id = :cabinet_id AND sync_id = :sync_id AND ended.at IS NOT NULL
""")


async def record_end(
    connection: AsyncConnection, cabinet_id: UUID, sync_id: UUID, values: Mapping[str, object]
) -> None:
    """Record how one resource of a run ended, and with the last one the run's end; an unknown run is passed over."""
    run = {"cabinet_id": cabinet_id, "sync_id": sync_id}
    if (await connection.execute(_LOCK_RUN, run)).first() is None:
        return
    await connection.execute(_END_PART, {**run, **values})
    await connection.execute(_END_RUN, run)
