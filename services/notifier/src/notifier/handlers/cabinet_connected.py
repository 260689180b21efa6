"""A cabinet was connected, or connected anew: who is told of it."""

from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import cabinets, troubles

_CONNECTED = text("""
INSERT INTO cabinets (cabinet_id, connected_at) VALUES (:cabinet_id, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET connected_at = excluded.connected_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.connected_at < excluded.connected_at) IS NOT FALSE
RETURNING cabinet_id
""")


async def cabinet_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """Its name and members are those of the connect, if nothing newer was heard of them; what its old token lacked is
    forgotten."""
    connected = await connection.execute(_CONNECTED, {"cabinet_id": event.cabinetid, "time": event.time})
    await cabinets.set_name(connection, event, event.data.name)
    await cabinets.set_members(connection, event, event.data.members)
    if connected.first():
        await troubles.end_silently(connection, event, "scope")
