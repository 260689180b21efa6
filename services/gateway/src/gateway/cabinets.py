"""Cabinets: WB shops that sellers connected by a token, which is sealed on arrival."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1
from contracts.wb_token import TokenClaims
from servicekit import crypto, outbox, tombstones
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

# The update that changes nothing locks the user: two connects of one seller wait for one another. A connect also
# waits for a disconnect (`FOR UPDATE`): to every other service the id of a disconnected cabinet is void for good.
_LOCK_USER = text("""
INSERT INTO users (telegram_id) VALUES (:owner)
ON CONFLICT (telegram_id) DO UPDATE SET telegram_id = excluded.telegram_id
""")
_EXISTING = text("""
SELECT cabinet_id, name, ARRAY(SELECT telegram_id FROM cabinet_members m WHERE m.cabinet_id = c.cabinet_id) AS members
FROM wb_cabinets c WHERE owner_telegram_id = :owner AND seller_id = :seller_id FOR UPDATE OF c
""")
_STORE = text("""
WITH stored AS (
    INSERT INTO wb_cabinets (cabinet_id, owner_telegram_id, seller_id, name, sealed_token, kind, categories,
                             read_only, expires_at, status, connected_at, connect_event_id)
    VALUES (:cabinet_id, :owner, :seller_id, :name, :sealed_token, :kind, CAST(:categories AS text[]),
            :read_only, :expires_at, 'unchecked', :connected_at, :connect_event_id)
    ON CONFLICT (cabinet_id) DO UPDATE SET
        name = excluded.name, sealed_token = excluded.sealed_token, kind = excluded.kind,
        categories = excluded.categories, read_only = excluded.read_only, expires_at = excluded.expires_at,
        status = 'unchecked', status_reason = NULL, status_detail = NULL, verified_at = NULL, judged_at = NULL,
        connected_at = excluded.connected_at, connect_event_id = excluded.connect_event_id
    RETURNING cabinet_id
)
INSERT INTO cabinet_members (cabinet_id, telegram_id) SELECT cabinet_id, :owner FROM stored ON CONFLICT DO NOTHING
""")
_OF_USER = text("SELECT cabinet_id FROM cabinet_members WHERE telegram_id = :user ORDER BY cabinet_id")
_SELECT = """
SELECT cabinet_id, name, seller_id, seller_name, trade_mark, status, status_reason, status_detail,
       kind, categories, read_only, expires_at, connected_at, verified_at
FROM wb_cabinets JOIN cabinet_members USING (cabinet_id)
WHERE telegram_id = :user
"""
_LIST = text(f"{_SELECT} ORDER BY cabinet_id")
_FIND = text(f"{_SELECT} AND cabinet_id = :cabinet_id")
_DELETE = text("""
DELETE FROM wb_cabinets c WHERE cabinet_id = :cabinet_id AND owner_telegram_id = :owner
RETURNING ARRAY(SELECT telegram_id FROM cabinet_members m WHERE m.cabinet_id = c.cabinet_id)
""")


@dataclass(frozen=True)
class StoredCabinet:
    """A cabinet without its token."""

    cabinet_id: UUID
    name: str | None
    seller_id: UUID
    seller_name: str | None
    trade_mark: str | None
    status: str
    status_reason: str | None
    status_detail: str | None
    kind: str
    categories: Sequence[str]
    read_only: bool
    expires_at: datetime
    connected_at: datetime
    verified_at: datetime | None


async def connect(
    connection: AsyncConnection, *, owner: int, name: str | None, token: str, claims: TokenClaims, seal_public_key: str
) -> tuple[UUID, bool]:
    """Store the sealed token and announce it; the cabinet's id, and whether the cabinet is new.

    The same seller of the same user keeps its cabinet and gets the new token, unchecked again.
    """
    await connection.execute(_LOCK_USER, {"owner": owner})
    existing = (await connection.execute(_EXISTING, {"owner": owner, "seller_id": claims.seller_id})).first()
    cabinet_id = existing.cabinet_id if existing else uuid7()
    if existing and name is None:
        name = existing.name
    sealed_token = crypto.seal(token, public_key=seal_public_key, belongs_to=str(cabinet_id))
    members = tuple(sorted({owner, *existing.members} if existing else {owner}))
    data = CabinetConnectedV1(name=name, sealed_token=sealed_token, claims=claims, members=members)
    event = new_event(data, cabinet_id=cabinet_id)
    await connection.execute(
        _STORE,
        {
            "cabinet_id": cabinet_id,
            "owner": owner,
            "seller_id": claims.seller_id,
            "name": name,
            "sealed_token": sealed_token,
            "kind": claims.kind.value,
            "categories": sorted(claims.categories),
            "read_only": claims.read_only,
            "expires_at": claims.expires_at,
            "connected_at": event.time,
            "connect_event_id": event.id,
        },
    )
    await outbox.append(connection, [event])
    return cabinet_id, existing is None


async def disconnect(connection: AsyncConnection, *, owner: int, cabinet_id: UUID) -> Sequence[int] | None:
    """Forget the owner's cabinet and its token at once, and announce it.

    Who its members were; None when the user owns no such cabinet.

    `jobs/purge.py` deletes its events, in which the sealed token stands too, and its syncs.
    """
    members: Sequence[int] | None = await connection.scalar(_DELETE, {"cabinet_id": cabinet_id, "owner": owner})
    if members is None:
        return None
    event = new_event(CabinetDisconnectedV1(requested_by=owner), cabinet_id=cabinet_id)
    await tombstones.leave(connection, cabinet_id, event.time)
    await outbox.append(connection, [event])
    return members


async def ids_of(connection: AsyncConnection, user: int) -> list[UUID]:
    """The cabinets whose data the user may see."""
    return list((await connection.execute(_OF_USER, {"user": user})).scalars())


async def list_of(connection: AsyncConnection, user: int) -> list[StoredCabinet]:
    """The user's cabinets, oldest first."""
    return [StoredCabinet(**row) for row in (await connection.execute(_LIST, {"user": user})).mappings()]


async def find(connection: AsyncConnection, user: int, cabinet_id: UUID) -> StoredCabinet | None:
    """One cabinet of the user; None when it is another's or nobody's."""
    row = (await connection.execute(_FIND, {"user": user, "cabinet_id": cabinet_id})).mappings().first()
    return StoredCabinet(**row) if row else None
