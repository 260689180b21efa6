"""A cabinet was connected, or connected anew: who is told of it."""

from contracts.cabinets import CabinetConnectedV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles

_CONNECTED = text("""
INSERT INTO cabinets (cabinet_id, name, connected_at) VALUES (:cabinet_id, :name, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET name = excluded.name, connected_at = excluded.connected_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.connected_at < excluded.connected_at) IS NOT FALSE
RETURNING cabinet_id
""")
_FORGET_MEMBERS = text("DELETE FROM members WHERE cabinet_id = :cabinet_id")
_ADD_MEMBERS = text("""
INSERT INTO members (cabinet_id, telegram_id) SELECT :cabinet_id, unnest(CAST(:members AS bigint[]))
ON CONFLICT DO NOTHING
""")


async def cabinet_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """The cabinet's members are now exactly those of the newest connect; what its old token lacked is forgotten."""
    names = {"cabinet_id": event.cabinetid, "name": event.data.name, "time": event.time}
    if (await connection.execute(_CONNECTED, names)).first():
        await connection.execute(_FORGET_MEMBERS, {"cabinet_id": event.cabinetid})
        members = {"cabinet_id": event.cabinetid, "members": list(event.data.members)}
        await connection.execute(_ADD_MEMBERS, members)
        await troubles.end_silently(connection, event, "scope")
