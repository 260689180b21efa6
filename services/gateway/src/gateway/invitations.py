"""Invitations into cabinets: shown once, stored as a hash, good for one person and a few days."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.cabinets import MembersChangedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import cabinets, noting, roles, users
from gateway.cabinets import HeldCabinet
from gateway.refusals import Refused
from gateway.roles import Act, Role

PREFIX = "pulse_invite_"
SECRET_BYTES = 32
"""With the prefix a token has 56 characters: it fits into the link that starts a bot with a word of up to 64."""

MOST_HOURS = 7 * 24
MOST_OPEN = 100
"""Of a cabinet."""
MOST_MEMBERS = 100

KEEP_DAYS = 30

_IS_OPEN = "used_at IS NULL AND revoked_at IS NULL AND expires_at > now()"
_COLUMNS = "invitation_id, role, created_by, created_at, expires_at"
_CREATE = text(f"""
INSERT INTO invitations (cabinet_id, invitation_id, token_hash, role, created_by, expires_at)
SELECT :cabinet_id, :invitation_id, :token_hash, :role, :user, now() + make_interval(hours => :hours)
WHERE :most > (SELECT count(*) FROM invitations WHERE cabinet_id = :cabinet_id AND {_IS_OPEN})
RETURNING {_COLUMNS}
""")
_LIST = text(f"""
SELECT {_COLUMNS} FROM invitations WHERE cabinet_id = :cabinet_id AND {_IS_OPEN} ORDER BY invitation_id DESC
""")
_ROLE = text(f"""
SELECT role FROM invitations WHERE cabinet_id = :cabinet_id AND invitation_id = :invitation_id AND {_IS_OPEN}
""")
_REVOKE = text("""
UPDATE invitations SET revoked_at = now() WHERE cabinet_id = :cabinet_id AND invitation_id = :invitation_id
""")
_REVOKE_OF = text(f"""
UPDATE invitations SET revoked_at = now() WHERE cabinet_id = :cabinet_id AND created_by = :user AND {_IS_OPEN}
""")
_CABINET = text("SELECT cabinet_id FROM invitations WHERE token_hash = :token_hash")
_FIND = text("""
SELECT invitation_id, role, used_at, used_by, revoked_at, expires_at <= now() AS is_expired
FROM invitations WHERE token_hash = :token_hash
""")
_USE = text("""
UPDATE invitations SET used_at = now(), used_by = :user
WHERE cabinet_id = :cabinet_id AND invitation_id = :invitation_id
""")
_JOIN = text("""
INSERT INTO cabinet_members (cabinet_id, telegram_id, role) VALUES (:cabinet_id, :user, :role)
ON CONFLICT (cabinet_id, telegram_id) DO UPDATE SET role = excluded.role
""")


@dataclass(frozen=True)
class Invitation:
    """An invitation that nobody has used yet, without its token."""

    invitation_id: UUID
    role: str
    created_by: int
    created_at: datetime
    expires_at: datetime


async def create(
    connection: AsyncConnection, *, user: int, cabinet_id: UUID, role: Role, hours: int
) -> tuple[Invitation, str]:
    """A new invitation by the user, and its token, which cannot be read again.

    Raises:
        Refused: the user may not invite into this role, or too many invitations are open.
    """
    held = await cabinets.hold(connection, cabinet_id=cabinet_id, user=user, act=Act.INVITE)
    roles.check_below(held.role, role)
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "cabinet_id": cabinet_id,
        "invitation_id": uuid7(),
        "token_hash": _hash(token),
        "role": role.value,
        "user": user,
        "hours": hours,
        "most": MOST_OPEN,
    }
    row = (await connection.execute(_CREATE, values)).mappings().first()
    if row is None:
        raise Refused(409, "too_many_invitations", f"{MOST_OPEN} invitations are open: revoke one.")
    noting.done_to(invitation_id=row["invitation_id"])
    return Invitation(**row), token


async def list_of(connection: AsyncConnection, *, user: int, cabinet_id: UUID) -> list[Invitation]:
    """The cabinet's open invitations, the newest first.

    Raises:
        Refused: the user may not invite.
    """
    await roles.require(connection, cabinet_id=cabinet_id, user=user, act=Act.INVITE)
    return [Invitation(**row) for row in (await connection.execute(_LIST, {"cabinet_id": cabinet_id})).mappings()]


async def revoke(connection: AsyncConnection, *, user: int, cabinet_id: UUID, invitation_id: UUID) -> None:
    """Nobody joins by this invitation any more.

    Raises:
        Refused: the user may not, or there is no such open invitation.
    """
    held = await cabinets.hold(connection, cabinet_id=cabinet_id, user=user, act=Act.INVITE)
    values = {"cabinet_id": cabinet_id, "invitation_id": invitation_id}
    role: str | None = await connection.scalar(_ROLE, values)
    if role is None:
        raise Refused(404, "invitation_not_found", "The cabinet has no open invitation with this id.")
    roles.check_below(held.role, role)
    noting.changed({"role": role})
    await connection.execute(_REVOKE, values)


async def revoke_all_of(connection: AsyncConnection, *, cabinet_id: UUID, user: int) -> None:
    """The open invitations of who may not invite any more go with that right."""
    await connection.execute(_REVOKE_OF, {"cabinet_id": cabinet_id, "user": user})


async def accept(connection: AsyncConnection, *, user: int, token: str) -> tuple[UUID, Role]:
    """Make the user a member by the invitation; the cabinet, and his role there from now on.

    Who may do as much there already keeps his role, and uses nothing up. Who used it may ask again.

    Raises:
        Refused: 404 `invitation_not_found`, 410 why it is over, 409 `too_many_members`.
    """
    values = {"token_hash": _hash(token)}
    cabinet_id: UUID | None = await connection.scalar(_CABINET, values)
    if cabinet_id is None:
        raise _not_found()
    await users.hold(connection, user)
    held = await cabinets.hold_for_anybody(connection, cabinet_id=cabinet_id, user=user)
    if held is None:
        raise _not_found()
    # Read only now: whoever used or revoked it meanwhile held the cabinet.
    found = (await connection.execute(_FIND, values)).first()
    if found is None:
        raise _not_found()
    if found.used_by == user and held.role is not None:
        return cabinet_id, held.role
    for is_over, code, detail in (
        (found.used_at is not None, "invitation_used", "Somebody joined by this invitation; it is good for one."),
        (found.revoked_at is not None, "invitation_revoked", "The invitation was taken back. Ask for another one."),
        (found.is_expired, "invitation_expired", "The invitation is past its time. Ask for another one."),
    ):
        if is_over:
            raise Refused(410, code, detail)
    role = Role(found.role)
    if held.role is not None and held.role.is_at_least(role):
        return cabinet_id, held.role
    noting.about(cabinet_id, role)
    noting.done_to(cabinet_id=cabinet_id, invitation_id=found.invitation_id)
    noting.changed({"role": held.role}, {"role": role})
    await _join(connection, held, user=user, role=role)
    await connection.execute(_USE, {"cabinet_id": cabinet_id, "invitation_id": found.invitation_id, "user": user})
    return cabinet_id, role


async def _join(connection: AsyncConnection, cabinet: HeldCabinet, *, user: int, role: Role) -> None:
    if cabinet.role is None and len(cabinet.members) >= MOST_MEMBERS:
        raise Refused(409, "too_many_members", f"The cabinet has {MOST_MEMBERS} members: one of them must leave first.")
    await connection.execute(_JOIN, {"cabinet_id": cabinet.cabinet_id, "user": user, "role": role.value})
    if cabinet.role is None:
        members = tuple(sorted({*cabinet.members, user}))
        await cabinets.announce(connection, cabinet, MembersChangedV1(members=members))


def _hash(token: str) -> bytes:
    # It has 256 random bits: a plain hash is enough.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _not_found() -> Refused:
    return Refused(404, "invitation_not_found", "There is no such invitation, or its cabinet is gone.")
