"""`/me`: the user who asks, and the sessions he signed in to."""

from typing import Literal
from uuid import UUID

from contracts.model import Model, Moment
from fastapi import APIRouter, Response
from pydantic import Field

from contracts import cache_keys
from gateway import sessions, users
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.form import WholeList, described_whole
from gateway.api.parts import UsedParts
from gateway.api.problems import answered, documented
from gateway.refusals import Refused
from gateway.roles import Role

router = APIRouter(prefix="/me", tags=["me"])

PROFILE_EXAMPLE = {
    "telegram_id": 1234567,
    "first_name": "Анна",
    "last_name": None,
    "username": "anna",
    "since": "2026-11-20T11:00:00Z",
    "cabinets": [
        {"cabinet_id": "01939e1c-5b7e-7000-8000-00000000c001", "name": "Северный ветер", "role": "owner"},
    ],
}
SESSION_EXAMPLE = {
    "session_id": "01939e1c-5b7e-7000-8000-00000000c00a",
    "opened_with": "mini_app",
    "client": "Mozilla/5.0 (X11; Linux x86_64)",
    "created_at": "2026-11-20T11:00:00Z",
    "last_used_at": "2026-11-20T11:20:00Z",
    "expires_at": "2026-12-20T11:20:00Z",
    "is_current": True,
}


class ProfileCabinet(Model):
    """A cabinet that the user may see."""

    cabinet_id: UUID
    name: str | None
    role: Role


class Profile(Model):
    """The user who asks."""

    telegram_id: int
    first_name: str | None = Field(description="as Telegram told it at the last sign-in; null: never signed in")
    last_name: str | None
    username: str | None
    since: Moment | None = Field(description="first connected or joined a cabinet, or signed in; null: did none of it")
    cabinets: tuple[ProfileCabinet, ...] = Field(description="oldest first")


class Session(Model):
    """A session of the user."""

    session_id: UUID
    opened_with: Literal["telegram", "mini_app"]
    client: str | None = Field(description="what it called itself (`User-Agent`) when it was opened")
    created_at: Moment
    last_used_at: Moment = Field(description="when its tokens were refreshed last")
    expires_at: Moment = Field(description="ends then, unless it is refreshed before")
    is_current: bool = Field(description="this was asked with its access token")


@router.get("", **answered(Answered[Profile], example=PROFILE_EXAMPLE))
async def get_profile(caller: Reader, answer: Reading, parts: UsedParts) -> Response:
    """Who asks: names, and the cabinets with the user's role in each."""
    tags = [cache_keys.user_tag(caller.telegram_id), *map(cache_keys.cabinet_tag, answer.cabinets)]
    await answer.depends_on(*tags)
    async with parts.database.transaction() as connection:
        user = await users.find(connection, caller.telegram_id)
        memberships = await users.memberships(connection, caller.telegram_id)
    profile = Profile(
        telegram_id=caller.telegram_id,
        first_name=user and user.first_name,
        last_name=user and user.last_name,
        username=user and user.username,
        since=user and user.created_at,
        cabinets=tuple(ProfileCabinet.model_validate(vars(each)) for each in memberships),
    )
    return answer.of(profile, keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)


@router.get("/sessions", **described_whole(Listed[Session], example=[SESSION_EXAMPLE]))
async def list_sessions(caller: Reader, answer: Reading, parts: UsedParts, asked: WholeList) -> Response:
    """The user's sessions that go on, 50 at most, the one used last first."""
    async with parts.database.transaction() as connection:
        stored = await sessions.list_of(connection, caller.telegram_id)
    shown = [
        Session.model_validate(
            {
                **vars(each),
                "last_used_at": each.refreshed_at,
                "is_current": each.session_id == caller.session_id,
            }
        )
        for each in stored
    ]
    return await asked.answer_whole(answer, shown)


@router.delete("/sessions/{session_id}", status_code=204, responses=documented(404))
async def end_session(caller: Writer, parts: UsedParts, session_id: UUID) -> None:
    """End a session of the user: its tokens are good no more, anywhere, at once."""
    async with parts.database.transaction() as connection:
        ended = await sessions.end(connection, user=caller.telegram_id, session_id=session_id)
    if not ended:
        raise Refused(404, "session_not_found", "You have no session with this id; GET /me/sessions lists yours.")
    await parts.cache.invalidate([cache_keys.session_tag(session_id)])
