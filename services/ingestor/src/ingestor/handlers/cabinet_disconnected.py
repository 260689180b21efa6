"""A cabinet was removed by its seller."""

from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets


async def cabinet_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> None:
    """Forget the cabinet."""
    await cabinets.disconnect(connection, event)
