"""A sync failed."""

from contracts.envelope import Event
from contracts.syncs import SyncFailedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.enqueue import Notice, enqueue


async def sync_failed(connection: AsyncConnection, event: Event[SyncFailedV1]) -> None:
    """Tell everyone of the cabinet that the sync they asked for failed: one message a sync, for its first resource.

    What failed unasked is tried again; if it stays so, `data.delayed` tells of it.
    """
    data = event.data
    if data.sync_id is not None:
        notice = Notice("sync_failed", f"sync_failed/{data.sync_id}", data.model_dump_json())
        await enqueue(connection, event, [notice])
