"""A resource was synced."""

from contracts.envelope import Event
from contracts.syncs import SyncCompletedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.sync_ends import record_end


async def sync_completed(connection: AsyncConnection, event: Event[SyncCompletedV1]) -> None:
    """Record one resource's end; a first load, an unknown run and a late event change nothing."""
    data = event.data
    if data.sync_id is None:
        return
    await record_end(
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
