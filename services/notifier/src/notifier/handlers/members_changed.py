"""Somebody joined a cabinet, or left it."""

from contracts.cabinets import MembersChangedV1
from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import cabinets


async def members_changed(connection: AsyncConnection, event: Event[MembersChangedV1]) -> None:
    """Who joined is told of the cabinet from now on, who left is not."""
    await cabinets.set_members(connection, event, event.data.members)
