"""A resource could not be synced."""

from contracts.envelope import Event
from contracts.syncs import SyncFailedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.sync_ends import record_end

_COUNTS = dict.fromkeys(("rows_new", "rows_changed", "rows_same", "rows_quarantined"))


async def sync_failed(connection: AsyncConnection, event: Event[SyncFailedV1]) -> None:
    """Record one resource's failure; a later success of the same run replaces it."""
    data = event.data
    if data.sync_id is None:
        return
    await record_end(
        connection,
        event.cabinetid,
        data.sync_id,
        {
            "resource": data.resource,
            "status": "failed",
            "started_at": None,
            "finished_at": data.failed_at,
            "reason": data.reason,
            "time": event.time,
            **_COUNTS,
        },
    )
