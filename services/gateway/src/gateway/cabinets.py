"""Cabinets: WB shops that sellers connected by a token, which is sealed on arrival."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetRenamedV1
from contracts.envelope import Event, EventData
from contracts.wb_token import TokenClaims
from servicekit import crypto, outbox, tombstones
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import noting, roles, users
from gateway.refusals import Refused
from gateway.roles import Act, Role

# A connect waits for a disconnect: to every other service the id of a disconnected cabinet is void for good.
_EXISTING = text("""
SELECT cabinet_id FROM wb_cabinets WHERE owner_telegram_id = :owner AND seller_id = :seller_id FOR UPDATE
""")
_STORE = text("""
WITH stored AS (
    INSERT INTO wb_cabinets (cabinet_id, owner_telegram_id, seller_id, name, sealed_token, kind, categories,
                             read_only, expires_at, status, connected_at, told_at, connect_event_id)
    VALUES (:cabinet_id, :owner, :seller_id, :name, :sealed_token, :kind, CAST(:categories AS text[]),
            :read_only, :expires_at, 'unchecked', :connected_at, :connected_at, :connect_event_id)
    ON CONFLICT (cabinet_id) DO UPDATE SET
        name = excluded.name, sealed_token = excluded.sealed_token, kind = excluded.kind,
        categories = excluded.categories, read_only = excluded.read_only, expires_at = excluded.expires_at,
        status = 'unchecked', status_reason = NULL, status_detail = NULL, verified_at = NULL, judged_at = NULL,
        connected_at = excluded.connected_at, told_at = excluded.told_at, connect_event_id = excluded.connect_event_id
    RETURNING cabinet_id
)
INSERT INTO cabinet_members (cabinet_id, telegram_id, role) SELECT cabinet_id, :owner, 'owner' FROM stored
ON CONFLICT DO NOTHING
""")
_OF_USER = text("SELECT cabinet_id FROM cabinet_members WHERE telegram_id = :user ORDER BY cabinet_id")
_SELECT = """
SELECT cabinet_id, name, seller_id, seller_name, trade_mark, status, status_reason, status_detail,
       kind, categories, read_only, expires_at, connected_at, verified_at, role
FROM wb_cabinets JOIN cabinet_members USING (cabinet_id)
WHERE telegram_id = :user
"""
_LIST = text(f"{_SELECT} ORDER BY cabinet_id")
_FIND = text(f"{_SELECT} AND cabinet_id = :cabinet_id")
_LOCK = text("SELECT cabinet_id FROM wb_cabinets WHERE cabinet_id = :cabinet_id FOR UPDATE")
_HOLD = text("""
SELECT cabinet_id FROM wb_cabinets c JOIN cabinet_members USING (cabinet_id)
WHERE cabinet_id = :cabinet_id AND telegram_id = :user FOR UPDATE OF c
""")
# A statement of its own: it sees what was committed while the row was waited for.
_HELD = text("""
SELECT cabinet_id, seller_id, name, told_at, role,
       ARRAY(
           SELECT telegram_id FROM cabinet_members m WHERE m.cabinet_id = c.cabinet_id ORDER BY telegram_id
       ) AS members
FROM wb_cabinets c LEFT JOIN (SELECT cabinet_id, role FROM cabinet_members WHERE telegram_id = :user) AS own
    USING (cabinet_id)
WHERE cabinet_id = :cabinet_id
""")
_RENAME = text("UPDATE wb_cabinets SET name = :name WHERE cabinet_id = :cabinet_id")
_TOLD = text("UPDATE wb_cabinets SET told_at = :time WHERE cabinet_id = :cabinet_id")
_DELETE = text("DELETE FROM wb_cabinets WHERE cabinet_id = :cabinet_id")


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
    role: str
    """Of the user who asked for it."""


@dataclass(frozen=True)
class HeldCabinet:
    """A cabinet whose row this transaction holds."""

    cabinet_id: UUID
    seller_id: UUID
    name: str | None
    role: Role | None
    """Of the user it is held for; None: he is no member."""
    members: tuple[int, ...]
    told_at: datetime | None = None
    """Time of the last event about it."""


async def connect(
    connection: AsyncConnection, *, owner: int, name: str | None, token: str, claims: TokenClaims, seal_public_key: str
) -> tuple[UUID, bool]:
    """Store the sealed token and announce it; the cabinet's id, and whether the cabinet is new.

    The same seller of the same user keeps its cabinet and gets the new token, unchecked again.
    """
    # Two connects of one seller wait for one another.
    await users.hold(connection, owner)
    existing = await connection.scalar(_EXISTING, {"owner": owner, "seller_id": claims.seller_id})
    if existing is None:
        new = HeldCabinet(uuid7(), claims.seller_id, name, Role.OWNER, (owner,))
        await _give_token(connection, new, owner=owner, token=token, claims=claims, seal_public_key=seal_public_key)
        return new.cabinet_id, True
    held = await _held(connection, existing, owner)
    if held is None:
        raise LookupError("a cabinet that is held is not there")
    renamed = held if name is None else replace(held, name=name)
    await _give_token(connection, renamed, owner=owner, token=token, claims=claims, seal_public_key=seal_public_key)
    return held.cabinet_id, False


async def hold(connection: AsyncConnection, *, cabinet_id: UUID, user: int, act: Act) -> HeldCabinet:
    """Hold the cabinet until the transaction ends, for an act of the user; whoever changes it or its members waits.

    Raises:
        Refused: see `roles.require`.
    """
    is_held = await connection.scalar(_HOLD, {"cabinet_id": cabinet_id, "user": user})
    held = await _held(connection, cabinet_id, user) if is_held else None
    if held is None:
        raise roles.cabinet_not_found()
    if held.role is not None:
        noting.about(cabinet_id, held.role)
    roles.check(held.role, act)
    return held


async def hold_for_anybody(connection: AsyncConnection, *, cabinet_id: UUID, user: int) -> HeldCabinet | None:
    """As `hold`, for who need be no member; None when there is no such cabinet."""
    await connection.execute(_LOCK, {"cabinet_id": cabinet_id})
    return await _held(connection, cabinet_id, user)


async def announce(connection: AsyncConnection, cabinet: HeldCabinet, data: EventData) -> None:
    """Tell what changed of the cabinet that is held; each event is later than the one before."""
    event = _event(cabinet, data)
    await connection.execute(_TOLD, {"cabinet_id": cabinet.cabinet_id, "time": event.time})
    await outbox.append(connection, [event])


async def rename(connection: AsyncConnection, *, user: int, cabinet_id: UUID, name: str | None) -> None:
    """Call the cabinet otherwise; None: as WB calls its seller.

    Raises:
        Refused: the user may not.
    """
    held = await hold(connection, cabinet_id=cabinet_id, user=user, act=Act.RENAME)
    noting.changed({"name": held.name})
    if name != held.name:
        await connection.execute(_RENAME, {"cabinet_id": cabinet_id, "name": name})
        await announce(connection, held, CabinetRenamedV1(name=name))


async def replace_token(
    connection: AsyncConnection, *, user: int, cabinet_id: UUID, token: str, claims: TokenClaims, seal_public_key: str
) -> None:
    """Give the cabinet another token of the same seller, unchecked again, and announce it.

    Raises:
        Refused: the user may not, or the token is another seller's.
    """
    held = await hold(connection, cabinet_id=cabinet_id, user=user, act=Act.REPLACE_TOKEN)
    if held.seller_id != claims.seller_id:
        detail = "The token is another seller's: connect it as a cabinet of its own by POST /api/v1/cabinets."
        raise Refused(422, "token_of_another_seller", detail)
    await _give_token(connection, held, owner=user, token=token, claims=claims, seal_public_key=seal_public_key)


async def _give_token(
    connection: AsyncConnection,
    cabinet: HeldCabinet,
    *,
    owner: int,
    token: str,
    claims: TokenClaims,
    seal_public_key: str,
) -> None:
    noting.about(cabinet.cabinet_id, cabinet.role)
    noting.done_to(cabinet_id=cabinet.cabinet_id)
    noting.changed(
        after={
            "seller_id": claims.seller_id,
            "kind": claims.kind.value,
            "categories": sorted(claims.categories),
            "read_only": claims.read_only,
            "expires_at": claims.expires_at,
        }
    )
    sealed_token = crypto.seal(token, public_key=seal_public_key, belongs_to=str(cabinet.cabinet_id))
    data = CabinetConnectedV1(name=cabinet.name, sealed_token=sealed_token, claims=claims, members=cabinet.members)
    event = _event(cabinet, data)
    await connection.execute(
        _STORE,
        {
            "cabinet_id": cabinet.cabinet_id,
            "owner": owner,
            "seller_id": claims.seller_id,
            "name": cabinet.name,
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


async def disconnect(connection: AsyncConnection, *, owner: int, cabinet_id: UUID) -> Sequence[int]:
    """Forget the owner's cabinet and its token at once, and announce it; who its members were.

    `jobs/purge.py` deletes its events, in which the sealed token stands too, and its syncs.

    Raises:
        Refused: the user may not.
    """
    held = await hold(connection, cabinet_id=cabinet_id, user=owner, act=Act.DISCONNECT)
    noting.changed({"name": held.name, "members": held.members})
    await connection.execute(_DELETE, {"cabinet_id": cabinet_id})
    event = _event(held, CabinetDisconnectedV1(requested_by=owner))
    await tombstones.leave(connection, cabinet_id, event.time)
    await outbox.append(connection, [event])
    return held.members


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


async def _held(connection: AsyncConnection, cabinet_id: UUID, user: int) -> HeldCabinet | None:
    row = (await connection.execute(_HELD, {"cabinet_id": cabinet_id, "user": user})).first()
    if row is None:
        return None
    role = None if row.role is None else Role(row.role)
    return HeldCabinet(row.cabinet_id, row.seller_id, row.name, role, tuple(row.members), row.told_at)


def _event(cabinet: HeldCabinet, data: EventData) -> Event[Any]:
    # Whoever hears of it goes by the time, and clocks of gateways may differ.
    event = new_event(data, cabinet_id=cabinet.cabinet_id)
    earliest = event.time if cabinet.told_at is None else cabinet.told_at + timedelta(microseconds=1)
    return event.model_copy(update={"time": max(event.time, earliest)})
