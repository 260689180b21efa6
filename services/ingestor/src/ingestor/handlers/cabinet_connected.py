"""A cabinet was connected, or its token replaced."""

from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import cabinets


async def cabinet_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """Take the cabinet in, to be checked now."""
    await cabinets.connect(connection, event)
