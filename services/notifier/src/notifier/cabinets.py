"""Who is told of a cabinet: a projection of its events. Events may come late, twice and in any order."""

from typing import Any

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetVerifiedV1
from contracts.envelope import Event
from contracts.topics import NOTIFIER_CABINETS
from servicekit import inbox
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_CONNECTED = text("""
INSERT INTO cabinets (cabinet_id, name, connected_at) VALUES (:cabinet_id, :name, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET name = excluded.name, connected_at = excluded.connected_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.connected_at < excluded.connected_at) IS NOT FALSE
RETURNING cabinet_id
""")
_VERIFIED = text("""
INSERT INTO cabinets (cabinet_id, seller_name, verified_at) VALUES (:cabinet_id, :seller_name, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET seller_name = excluded.seller_name, verified_at = excluded.verified_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.verified_at < excluded.verified_at) IS NOT FALSE
""")
_DISCONNECTED = text("""
INSERT INTO cabinets (cabinet_id, disconnected_at) VALUES (:cabinet_id, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET name = NULL, seller_name = NULL, disconnected_at = excluded.disconnected_at
WHERE cabinets.disconnected_at IS NULL
""")
_FORGET_MEMBERS = text("DELETE FROM members WHERE cabinet_id = :cabinet_id")
_ADD_MEMBERS = text("""
INSERT INTO members (cabinet_id, telegram_id) SELECT :cabinet_id, unnest(CAST(:members AS bigint[]))
ON CONFLICT DO NOTHING
""")
_FORGET = [
    text(f"DELETE FROM {table} WHERE cabinet_id = :cabinet_id")
    for table in ("members", "webhooks", "photos", "deliveries", "outbox")
]


async def on_connected(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> None:
    """The cabinet's members are now exactly those of the newest connect."""
    if not await _first_time(connection, event):
        return
    names = {"cabinet_id": event.cabinetid, "name": event.data.name, "time": event.time}
    if (await connection.execute(_CONNECTED, names)).first():
        await connection.execute(_FORGET_MEMBERS, {"cabinet_id": event.cabinetid})
        members = {"cabinet_id": event.cabinetid, "members": list(event.data.members)}
        await connection.execute(_ADD_MEMBERS, members)


async def on_verified(connection: AsyncConnection, event: Event[CabinetVerifiedV1]) -> None:
    """Messages name the shop as WB does, where its seller gave it no name."""
    if await _first_time(connection, event):
        name = event.data.trade_mark or event.data.seller_name
        names = {"cabinet_id": event.cabinetid, "seller_name": name, "time": event.time}
        await connection.execute(_VERIFIED, names)


async def on_disconnected(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> None:
    """Everything of the cabinet is forgotten but that it is gone: what is on its way finds nobody to tell."""
    if await _first_time(connection, event):
        await connection.execute(_DISCONNECTED, {"cabinet_id": event.cabinetid, "time": event.time})
        for forget in _FORGET:
            await connection.execute(forget, {"cabinet_id": event.cabinetid})


async def _first_time(connection: AsyncConnection, event: Event[Any]) -> bool:
    return await inbox.first_time(connection, NOTIFIER_CABINETS.name, event.id)
