"""What is kept of a cabinet: its seller's name for it, and who is told of it. The newest event about each decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_NAME = text("""
INSERT INTO cabinets (cabinet_id, name, named_at) VALUES (:cabinet_id, :name, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET name = excluded.name, named_at = excluded.named_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.named_at < excluded.named_at) IS NOT FALSE
""")
_MEMBERS = text("""
INSERT INTO cabinets (cabinet_id, members_at) VALUES (:cabinet_id, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET members_at = excluded.members_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.members_at < excluded.members_at) IS NOT FALSE
RETURNING connected_at IS NOT NULL AS is_connected
""")
_LEAVE = text("""
SELECT telegram_id FROM members
WHERE cabinet_id = :cabinet_id AND telegram_id <> ALL (CAST(:members AS bigint[])) ORDER BY telegram_id
""")
# Before the deliveries, as whoever records them locks these rows, and in one order.
_HOLD_RECEIVERS = text("""
SELECT recipient FROM receivers WHERE channel = 'telegram' AND recipient = ANY (CAST(:recipients AS text[]))
ORDER BY recipient FOR UPDATE
""")
_DROP_DELIVERIES = text("""
DELETE FROM deliveries WHERE channel = 'telegram' AND recipient = ANY (CAST(:recipients AS text[]))
    AND cabinet_id = :cabinet_id AND status = 'pending'
""")
_DROP_MEMBERS = text("""
DELETE FROM members WHERE cabinet_id = :cabinet_id AND telegram_id = ANY (CAST(:left AS bigint[]))
""")
_ADD = text("""
INSERT INTO members (cabinet_id, telegram_id) SELECT :cabinet_id, unnest(CAST(:members AS bigint[]))
ON CONFLICT DO NOTHING
RETURNING telegram_id
""")


@dataclass(frozen=True)
class Turned:
    """Who came to a cabinet and who went, and whether it was heard of that it is connected, with whom."""

    joined: tuple[int, ...]
    left: tuple[int, ...]
    is_known: bool


async def set_name(connection: AsyncConnection, event: Event[Any], name: str | None) -> None:
    """The seller calls the cabinet so, unless a newer event said otherwise."""
    await connection.execute(_NAME, {"cabinet_id": event.cabinetid, "name": name, "time": event.time})


async def set_members(connection: AsyncConnection, event: Event[Any], members: Sequence[int]) -> Turned | None:
    """Exactly these are told of the cabinet; None: a newer event said otherwise.

    What waits to be sent to who left is forgotten; what is on its way just now arrives.
    """
    of_cabinet = {"cabinet_id": event.cabinetid}
    cabinet = (await connection.execute(_MEMBERS, {**of_cabinet, "time": event.time})).first()
    if cabinet is None:
        return None
    given = {**of_cabinet, "members": list(members)}
    left = list((await connection.execute(_LEAVE, given)).scalars())
    if left:
        await _forget(connection, event.cabinetid, left)
    joined = tuple((await connection.execute(_ADD, given)).scalars())
    return Turned(joined, tuple(left), is_known=cabinet.is_connected)


async def _forget(connection: AsyncConnection, cabinet_id: UUID, left: Sequence[int]) -> None:
    recipients = list(map(str, left))
    await connection.execute(_HOLD_RECEIVERS, {"recipients": recipients})
    await connection.execute(_DROP_DELIVERIES, {"cabinet_id": cabinet_id, "recipients": recipients})
    await connection.execute(_DROP_MEMBERS, {"cabinet_id": cabinet_id, "left": list(left)})
