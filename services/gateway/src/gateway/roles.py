"""What the members of a cabinet may do there beside reading it."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import noting
from gateway.refusals import Refused


class Role(StrEnum):
    """Of a member: each may do all that those before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    MANAGER = "manager"
    OWNER = "owner"

    def is_at_least(self, other: "Role") -> bool:
        """Whether it may do what the other may."""
        return _RANKS[self] >= _RANKS[other]


_RANKS = {role: rank for rank, role in enumerate(Role)}


class Act(StrEnum):
    """What reading is not enough for."""

    ENTER = "enter costs, taxes, lead times and plans"
    HANDLE_ALERTS = "acknowledge, snooze and resolve alerts"
    START_SYNC = "start syncs"
    ANSWER = "answer feedbacks and questions"
    SUBSCRIBE = "have a webhook told of the cabinet"
    RENAME = "rename the cabinet"
    INVITE = "invite and remove members"
    """Only to and from roles below one's own: `check_below`."""
    LEAVE = "leave the cabinet"
    REPLACE_TOKEN = "replace the token"  # noqa: S105  # the name of an act
    DISCONNECT = "disconnect the cabinet"


MAY: Mapping[Act, Role] = {
    Act.ENTER: Role.ANALYST,
    Act.HANDLE_ALERTS: Role.ANALYST,
    Act.START_SYNC: Role.ANALYST,
    Act.ANSWER: Role.MANAGER,
    Act.SUBSCRIBE: Role.MANAGER,
    Act.RENAME: Role.MANAGER,
    Act.INVITE: Role.MANAGER,
    Act.LEAVE: Role.VIEWER,
    Act.REPLACE_TOKEN: Role.OWNER,
    Act.DISCONNECT: Role.OWNER,
}
"""The least role that may."""

_OF_USER = text("SELECT cabinet_id, role FROM cabinet_members WHERE telegram_id = :user ORDER BY cabinet_id")
_ROLE = text("SELECT role FROM cabinet_members WHERE cabinet_id = :cabinet_id AND telegram_id = :user")


async def require(connection: AsyncConnection, *, cabinet_id: UUID, user: int, act: Act) -> Role:
    """The user's role in the cabinet, if it is enough for the act.

    Raises:
        Refused: 404 `cabinet_not_found` to who is no member, 403 `role_insufficient` to who may not.
    """
    role: str | None = await connection.scalar(_ROLE, {"cabinet_id": cabinet_id, "user": user})
    if role is not None:
        noting.about(cabinet_id, role)
    return check(role, act)


async def of_user(connection: AsyncConnection, user: int) -> dict[UUID, str]:
    """The user's role in each of his cabinets, by their ids."""
    return {row.cabinet_id: row.role for row in await connection.execute(_OF_USER, {"user": user})}


def check(role: str | None, act: Act) -> Role:
    """As `require`, of a role that was read already; None: no member."""
    if role is None:
        raise cabinet_not_found()
    known = Role(role)
    if not known.is_at_least(MAY[act]):
        raise Refused(403, "role_insufficient", f"A {known} may not {act}: that takes the role {MAY[act]}.")
    return known


def check_below(own: Role | None, *others: str) -> None:
    """Members and invitations are managed by those whose role is above theirs.

    Raises:
        Refused: as `require`; one of the other roles is not below.
    """
    if own is None:
        raise cabinet_not_found()
    for other in map(Role, others):
        if other.is_at_least(own):
            raise Refused(403, "role_insufficient", f"A {own} manages only the roles below: not that of {other}.")


def cabinet_not_found() -> Refused:
    """The same for another's cabinet and for none."""
    return Refused(404, "cabinet_not_found", "You have no cabinet with this id; GET /api/v1/cabinets lists yours.")
