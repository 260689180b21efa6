"""`/cabinets/{id}/members` and invitations: who sees a cabinet, and what each may do there."""

from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Model, Moment
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from contracts import cache_keys
from gateway import invitations, members
from gateway.answers.form import Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.cabinets import cabinet_not_found
from gateway.api.examples import answer_like
from gateway.api.form import WholeList, described_whole
from gateway.api.parts import UsedParts
from gateway.api.problems import documented
from gateway.invitations import MOST_HOURS
from gateway.roles import Role
from gateway.telegram_ids import MAX_TELEGRAM_ID

router = APIRouter(tags=["members"])

MemberId = Annotated[int, Path(ge=1, le=MAX_TELEGRAM_ID, description="Telegram user", examples=[1234567])]
GivenRole = Literal[Role.VIEWER, Role.ANALYST, Role.MANAGER]
"""A cabinet has one owner: who connected it."""

MEMBER_EXAMPLE = {
    "telegram_id": 1234567,
    "role": "analyst",
    "first_name": "Анна",
    "last_name": None,
    "username": "anna",
    "joined_at": "2026-11-20T11:00:00Z",
}
INVITATION_EXAMPLE = {
    "invitation_id": "01939e1c-5b7e-7000-8000-00000000c00b",
    "role": "analyst",
    "created_by": 1234567,
    "created_at": "2026-11-20T11:00:00Z",
    "expires_at": "2026-11-23T11:00:00Z",
}


class Member(Model):
    """A member of a cabinet."""

    telegram_id: int
    role: Role
    first_name: str | None = Field(description="as Telegram told it at the last sign-in; null: never signed in")
    last_name: str | None
    username: str | None
    joined_at: Moment


class ChangeRole(BaseModel):
    """Another role for a member."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"role": "manager"}]})

    role: GivenRole


class Invite(BaseModel):
    """Whom to invite."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"role": "analyst", "hours": 72}]}
    )

    role: GivenRole = Field(description="of who joins by it; below the role of who invites")
    hours: int = Field(default=72, ge=1, le=MOST_HOURS, description="that it is good for")


class Invitation(Model):
    """An invitation that nobody has used yet."""

    invitation_id: UUID
    role: Role
    created_by: int = Field(description="Telegram user")
    created_at: Moment
    expires_at: Moment


class NewInvitation(Invitation):
    """An invitation with its token, which is shown here alone."""

    token: str = Field(
        description="give it to one person, for `POST /invitations/accept`; it fits into a bot's `?start=` link",
        examples=["pulse_invite_…"],
    )


class Accept(BaseModel):
    """The token of an invitation."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"token": "pulse_invite_…"}]}
    )

    token: SecretStr


class Joined(Model):
    """What one is a member of now."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"cabinet_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a11", "role": "analyst"}]}
    )

    cabinet_id: UUID
    role: Role


@router.get("/cabinets/{cabinet_id}/members", **described_whole(Listed[Member], 404, example=[MEMBER_EXAMPLE]))
async def list_members(
    caller: Reader, answer: Reading, parts: UsedParts, asked: WholeList, cabinet_id: UUID
) -> Response:
    """The cabinet's members, 100 at most: its owner, and the others in the order in which they came."""
    if cabinet_id not in answer.cabinets:
        raise cabinet_not_found()
    async with parts.database.transaction() as connection:
        found = await members.list_of(connection, cabinet_id)
    return await asked.answer_whole(answer, [Member.model_validate(vars(each)) for each in found])


@router.put("/cabinets/{cabinet_id}/members/{telegram_id}", status_code=204, responses=documented(404, 409, 413))
async def change_role(
    caller: Writer, parts: UsedParts, cabinet_id: UUID, telegram_id: MemberId, body: ChangeRole
) -> None:
    """Give a member another role: managers to viewers and analysts, the owner to all others.

    404 `member_not_found`: members come by invitations. 409 `owner_stays`: the owner keeps his role.
    """
    async with parts.database.transaction() as connection:
        await members.change_role(
            connection, user=caller.telegram_id, cabinet_id=cabinet_id, member=telegram_id, role=Role(body.role)
        )
    await parts.cache.invalidate([cache_keys.members_tag(telegram_id)])


@router.delete("/cabinets/{cabinet_id}/members/{telegram_id}", status_code=204, responses=documented(404, 409))
async def remove_member(caller: Writer, parts: UsedParts, cabinet_id: UUID, telegram_id: MemberId) -> None:
    """Remove a member, who sees and is told nothing of the cabinet from now on; or leave it, with one's own id.

    Managers remove viewers and analysts, the owner all others. 409 `owner_stays`: the owner cannot leave.
    """
    async with parts.database.transaction() as connection:
        await members.remove(connection, user=caller.telegram_id, cabinet_id=cabinet_id, member=telegram_id)
    await parts.cache.invalidate([cache_keys.members_tag(telegram_id)])


@router.post(
    "/cabinets/{cabinet_id}/invitations",
    status_code=201,
    responses={
        201: answer_like({**INVITATION_EXAMPLE, "token": "pulse_invite_…"}),
        **documented(404, 409, 413),
    },
)
async def invite(caller: Writer, parts: UsedParts, cabinet_id: UUID, body: Invite) -> NewInvitation:
    """Invite one person: managers viewers and analysts, the owner managers too. The token is shown here alone.

    409 `too_many_invitations`: a cabinet has 100 open ones at most.
    """
    async with parts.database.transaction() as connection:
        created, token = await invitations.create(
            connection, user=caller.telegram_id, cabinet_id=cabinet_id, role=Role(body.role), hours=body.hours
        )
    return NewInvitation.model_validate({**vars(created), "token": token})


@router.get(
    "/cabinets/{cabinet_id}/invitations", **described_whole(Listed[Invitation], 404, example=[INVITATION_EXAMPLE])
)
async def list_invitations(
    caller: Reader, answer: Reading, parts: UsedParts, asked: WholeList, cabinet_id: UUID
) -> Response:
    """The cabinet's open invitations, the newest first; for who may invite."""
    async with parts.database.transaction() as connection:
        found = await invitations.list_of(connection, user=caller.telegram_id, cabinet_id=cabinet_id)
    return await asked.answer_whole(answer, [Invitation.model_validate(vars(each)) for each in found])


@router.delete("/cabinets/{cabinet_id}/invitations/{invitation_id}", status_code=204, responses=documented(404))
async def revoke_invitation(caller: Writer, parts: UsedParts, cabinet_id: UUID, invitation_id: UUID) -> None:
    """Take an open invitation back; managers those of viewers and analysts."""
    async with parts.database.transaction() as connection:
        await invitations.revoke(
            connection, user=caller.telegram_id, cabinet_id=cabinet_id, invitation_id=invitation_id
        )


@router.post("/invitations/accept", responses=documented(404, 409, 410, 413))
async def accept_invitation(caller: Writer, parts: UsedParts, body: Accept) -> Joined:
    """Join a cabinet by an invitation's token.

    Who is a member already with as high a role keeps it, and the invitation stays open. Who joined by it may ask again.
    410 `invitation_used`, `invitation_revoked`, `invitation_expired`: why it is over; 409 `too_many_members`: a cabinet
    has 100 at most.
    """
    async with parts.database.transaction() as connection:
        cabinet_id, role = await invitations.accept(
            connection, user=caller.telegram_id, token=body.token.get_secret_value()
        )
    await parts.cache.invalidate([cache_keys.members_tag(caller.telegram_id)])
    return Joined(cabinet_id=cabinet_id, role=role)
