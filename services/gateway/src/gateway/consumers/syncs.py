"""How requested syncs ended, as the ingestor tells it."""

from datetime import datetime
from uuid import UUID

from contracts.envelope import Event
from contracts.syncs import SyncCompletedV1, SyncFailedV1
from faststream.rabbit import RabbitBroker
from servicekit import inbox
from servicekit.consume import consume
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import topics

CONSUMER = topics.GATEWAY_SYNCS.name

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


def subscribe(broker: RabbitBroker, database: Database) -> None:
    """Listen to the ends of syncs."""

    async def on_completed(event: Event[SyncCompletedV1]) -> None:
        async with database.transaction() as connection:
            await apply_completed(connection, event)

    async def on_failed(event: Event[SyncFailedV1]) -> None:
        async with database.transaction() as connection:
            await apply_failed(connection, event)

    consume(broker, topics.GATEWAY_SYNCS, {SyncCompletedV1: on_completed, SyncFailedV1: on_failed})


async def apply_completed(connection: AsyncConnection, event: Event[SyncCompletedV1]) -> None:
    """Record one resource's end; a first load, an unknown run and a repeated or late event change nothing."""
    data = event.data
    if data.sync_id is None or not await inbox.first_time(connection, CONSUMER, event.id):
        return
    await _end(
        connection,
        event.cabinetid,
        data.sync_id,
        {
            "resource": data.resource,
            "status": "completed",
            "started_at": data.started_at,
            "finished_at": data.finished_at,
            "rows_new": data.rows_new,
            "rows_changed": data.rows_changed,
            "rows_same": data.rows_same,
            "rows_quarantined": data.rows_quarantined,
            "reason": None,
            "time": event.time,
        },
    )


async def apply_failed(connection: AsyncConnection, event: Event[SyncFailedV1]) -> None:
    """Record one resource's failure; a later success of the same run replaces it."""
    data = event.data
    if data.sync_id is None or not await inbox.first_time(connection, CONSUMER, event.id):
        return
    counts: dict[str, int | None] = dict.fromkeys(("rows_new", "rows_changed", "rows_same", "rows_quarantined"))
    values: dict[str, str | int | datetime | None] = {
        "resource": data.resource,
        "status": "failed",
        "started_at": None,
        "finished_at": data.failed_at,
        "reason": data.reason,
        "time": event.time,
        **counts,
    }
    await _end(connection, event.cabinetid, data.sync_id, values)


async def _end(
    connection: AsyncConnection, cabinet_id: UUID, sync_id: UUID, values: dict[str, str | int | datetime | None]
) -> None:
    run = {"cabinet_id": cabinet_id, "sync_id": sync_id}
    if (await connection.execute(_LOCK_RUN, run)).first() is None:
        return
    await connection.execute(_END_PART, {**run, **values})
    await connection.execute(_END_RUN, run)
