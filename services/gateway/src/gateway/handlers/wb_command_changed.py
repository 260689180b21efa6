"""What is written at Wildberries came a step further."""

from contracts.envelope import Event
from contracts.wb_commands import WbCommandChangedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import wb_commands


async def wb_command_changed(connection: AsyncConnection, event: Event[WbCommandChangedV1]) -> None:
    """Keep it, to be shown."""
    await wb_commands.record_change(connection, event)
