"""A resource that WB refused is read again."""

from contracts.envelope import Event
from contracts.syncs import SyncResumedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.messages.scope import Scope


async def sync_resumed(connection: AsyncConnection, event: Event[SyncResumedV1]) -> None:
    """Tell everyone of the cabinet, if they were told that WB refuses its category."""
    data = event.data
    if await troubles.end(connection, event, "scope", [data.category or data.resource]):
        payload = Scope(category=data.category, resource=data.resource).model_dump_json()
        await enqueue(connection, event, [Notice("scope_restored", f"scope_restored/{event.id}", payload)])
