"""A seller calls a cabinet otherwise."""

from contracts.cabinets import CabinetRenamedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import cabinets


async def cabinet_renamed(connection: AsyncConnection, event: Event[CabinetRenamedV1]) -> None:
    """Messages name it so from now on, those that wait too."""
    await cabinets.set_name(connection, event, event.data.name)
