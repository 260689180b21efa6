"""Members of cabinets: who they are, what role each has, and how they leave. They come by `invitations`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cabinets import MembersChangedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import cabinets, invitations, noting, roles
from gateway.refusals import Refused
from gateway.roles import MAY, Act, Role

_LIST = text("""
SELECT telegram_id, role, first_name, last_name, username, joined_at
FROM cabinet_members JOIN users USING (telegram_id) WHERE cabinet_id = :cabinet_id
ORDER BY role <> 'owner', joined_at, telegram_id
""")
_ROLE = text("SELECT role FROM cabinet_members WHERE cabinet_id = :cabinet_id AND telegram_id = :member")
_CHANGE = text("""
UPDATE cabinet_members SET role = :role WHERE cabinet_id = :cabinet_id AND telegram_id = :member
""")
_REMOVE = text("DELETE FROM cabinet_members WHERE cabinet_id = :cabinet_id AND telegram_id = :member")


@dataclass(frozen=True)
class Member:
    """A member of a cabinet, by the names of his last sign-in."""

    telegram_id: int
    role: str
    first_name: str | None
    last_name: str | None
    username: str | None
    joined_at: datetime


async def list_of(connection: AsyncConnection, cabinet_id: UUID) -> list[Member]:
    """The cabinet's members: its owner, and the others in the order in which they came."""
    return [Member(**row) for row in (await connection.execute(_LIST, {"cabinet_id": cabinet_id})).mappings()]


async def change_role(connection: AsyncConnection, *, user: int, cabinet_id: UUID, member: int, role: Role) -> None:
    """Give a member another role. Who may not invite any more takes his open invitations back.

    Raises:
        Refused: the user may not, there is no such member, or it is the owner.
    """
    held = await cabinets.hold(connection, cabinet_id=cabinet_id, user=user, act=Act.INVITE)
    has = await _role_of(connection, cabinet_id, member)
    noting.changed({"role": has})
    _check_stays(has, is_himself=user == member)
    roles.check_below(held.role, has, role)
    await connection.execute(_CHANGE, {"cabinet_id": cabinet_id, "member": member, "role": role.value})
    if not role.is_at_least(MAY[Act.INVITE]):
        await invitations.revoke_all_of(connection, cabinet_id=cabinet_id, user=member)


async def remove(connection: AsyncConnection, *, user: int, cabinet_id: UUID, member: int) -> None:
    """The member sees the cabinet no more and is told nothing of it, nor does anybody join by his invitations.

    Everybody but the owner may leave by himself.

    Raises:
        Refused: as `change_role`.
    """
    is_himself = user == member
    held = await cabinets.hold(
        connection, cabinet_id=cabinet_id, user=user, act=Act.LEAVE if is_himself else Act.INVITE
    )
    has = await _role_of(connection, cabinet_id, member)
    noting.changed({"role": has})
    _check_stays(has, is_himself=is_himself)
    if not is_himself:
        roles.check_below(held.role, has)
    await connection.execute(_REMOVE, {"cabinet_id": cabinet_id, "member": member})
    await invitations.revoke_all_of(connection, cabinet_id=cabinet_id, user=member)
    left = tuple(each for each in held.members if each != member)
    await cabinets.announce(connection, held, MembersChangedV1(members=left))


async def _role_of(connection: AsyncConnection, cabinet_id: UUID, member: int) -> str:
    role: str | None = await connection.scalar(_ROLE, {"cabinet_id": cabinet_id, "member": member})
    if role is None:
        raise Refused(404, "member_not_found", "The cabinet has no member with this id.")
    return role


def _check_stays(role: str, *, is_himself: bool) -> None:
    if role == Role.OWNER and is_himself:
        detail = "The owner stays as long as the cabinet does; DELETE /api/v1/cabinets/{cabinet_id} disconnects it."
        raise Refused(409, "owner_stays", detail)
