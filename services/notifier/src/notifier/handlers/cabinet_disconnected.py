"""A cabinet was removed by its seller."""

from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event
from servicekit import tombstones
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_DISCONNECTED = text("""
INSERT INTO cabinets (cabinet_id, disconnected_at) VALUES (:cabinet_id, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET name = NULL, seller_name = NULL, disconnected_at = excluded.disconnected_at
WHERE cabinets.disconnected_at IS NULL
""")
# Chats and endpoints may be of other cabinets: the retention forgets those that are of none.
_FORGET = [text(f"DELETE FROM {table} WHERE cabinet_id = :cabinet_id") for table in ("members", "troubles")]


async def cabinet_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> None:
    """Nobody is told of the cabinet from now on; `jobs/purge.py` deletes its deliveries, photos and events."""
    await connection.execute(_DISCONNECTED, {"cabinet_id": event.cabinetid, "time": event.time})
    for forget in _FORGET:
        await connection.execute(forget, {"cabinet_id": event.cabinetid})
    await tombstones.leave(connection, event.cabinetid, event.time)
