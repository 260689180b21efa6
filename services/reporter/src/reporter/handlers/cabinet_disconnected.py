"""A cabinet was removed by its seller."""

from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.figures import periods, tags


async def cabinet_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> set[str]:
    """Forget the cabinet. Entries of single orders are left to their five minutes: who reads them is a member."""
    if not await cabinets.hold(connection, event.cabinetid):
        return set()
    await cabinets.disconnect(connection, event.cabinetid, event.time)
    nm_ids = await periods.products(connection, event.cabinetid)
    return tags.of_all_periods(event.cabinetid, nm_ids)
