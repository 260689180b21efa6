"""WB refuses a cabinet, or one category of its data: the seller is told once for each reason."""

from contracts.cabinets import CabinetSuspendedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.messages.scope import Scope


async def cabinet_suspended(connection: AsyncConnection, event: Event[CabinetSuspendedV1]) -> None:
    """Tell everyone of the cabinet, unless they know already."""
    data = event.data
    if data.resource is None:
        if await troubles.begin(connection, event, "suspended", [troubles.WHOLE], data.reason):
            notice = Notice("cabinet_suspended", f"cabinet_suspended/{event.id}", data.model_dump_json())
            await enqueue(connection, event, [notice])
        return
    # Resources of one category are refused one after the other: the first one tells of the category.
    if await troubles.begin(connection, event, "scope", [data.category or data.resource], data.reason):
        scope = Scope(category=data.category, resource=data.resource, reason=data.reason)
        await enqueue(
            connection, event, [Notice("scope_refused", f"scope_refused/{event.id}", scope.model_dump_json())]
        )
