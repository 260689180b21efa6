"""`/auth`: people sign in with Telegram, and get new tokens for old ones."""

from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Model
from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from contracts import cache_keys
from gateway import sessions, telegram_sign_in, users
from gateway.access_tokens import LIFE_SECONDS
from gateway.api.auth import Writer
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import documented
from gateway.refusals import Refused
from gateway.sessions import Opened, OpenedWith, Reused
from gateway.telegram_ids import MAX_TELEGRAM_ID
from gateway.telegram_sign_in import LATEST, MAX_NAME_LENGTH, Person

router = APIRouter(prefix="/auth", tags=["sign-in"])

MAX_INIT_DATA_LENGTH = 16 * 1024

Text = Annotated[str, StringConstraints(max_length=MAX_NAME_LENGTH)]


class WidgetSignIn(BaseModel):
    """What the Telegram Login widget gives to its page, unchanged."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"id": 1234567, "first_name": "Анна", "username": "anna", "auth_date": 1795000000, "hash": "0f" * 32}
            ]
        },
    )

    id: int = Field(ge=1, le=MAX_TELEGRAM_ID)
    first_name: Text
    last_name: Text | None = None
    username: Text | None = None
    photo_url: Annotated[str, StringConstraints(max_length=2048)] | None = None
    auth_date: int = Field(ge=0, le=LATEST, description="Unix seconds; one day old at most")
    hash: str = Field(pattern="^[0-9a-f]{64}$", description="Telegram's signature")


class MiniAppSignIn(BaseModel):
    """What Telegram gives to a Mini App as `Telegram.WebApp.initData`, unchanged."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"init_data": "user=%7B%22id%22%3A1234567%7D&auth_date=1795000000&hash=" + "0f" * 32}]
        },
    )

    init_data: str = Field(max_length=MAX_INIT_DATA_LENGTH, description="one hour old at most")


class Refresh(BaseModel):
    """The newest refresh token of a session."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"refresh_token": "pulse_refresh_…"}]}
    )

    refresh_token: SecretStr


class Tokens(Model):
    """What a session goes on with; both tokens are shown here alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "access_token": "eyJhbGciOiJIUzI1NiJ9.…",
                    "token_type": "Bearer",
                    "expires_in": LIFE_SECONDS,
                    "refresh_token": "pulse_refresh_…",
                    "session_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9b01",
                }
            ]
        }
    )

    access_token: str = Field(description="send it as `Authorization: Bearer …`", examples=["eyJhbGciOiJIUzI1NiJ9.…"])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  # its kind
    expires_in: int = Field(description="seconds that the access token is good for", examples=[LIFE_SECONDS])
    refresh_token: str = Field(
        description="good for one `POST /auth/refresh` within 30 days; keep it where nobody else reads it",
        examples=["pulse_refresh_…"],
    )
    session_id: UUID


@router.post("/telegram", responses=documented(404, 413))
async def sign_in_with_telegram(
    parts: UsedParts, body: WidgetSignIn, user_agent: Annotated[str | None, Header()] = None
) -> Tokens:
    """Sign in with what the Telegram Login widget gave: opens a session.

    401 `sign_in_forged`: not signed with our bot's token; `sign_in_expired`, `sign_in_not_yet`: not of now. 404
    `sign_in_not_configured`: nobody signs in here.
    """
    bot_token = _bot_token(parts)
    fields = {name: str(value) for name, value in body.model_dump(exclude_none=True).items()}
    return await _open(parts, telegram_sign_in.from_widget(fields, bot_token), "telegram", user_agent)


@router.post("/mini-app", responses=documented(404, 413))
async def sign_in_with_mini_app(
    parts: UsedParts, body: MiniAppSignIn, user_agent: Annotated[str | None, Header()] = None
) -> Tokens:
    """Sign in with what Telegram gave a Mini App: opens a session. It is refused as by `/auth/telegram`."""
    person = telegram_sign_in.from_mini_app(body.init_data, _bot_token(parts))
    return await _open(parts, person, "mini_app", user_agent)


@router.post("/refresh", responses=documented(404, 413))
async def refresh_session(parts: UsedParts, body: Refresh) -> Tokens:
    """New tokens for a refresh token, which is good no more.

    Whose answer was lost may ask again within 10 seconds, and is answered the same. A refresh token that comes again
    later was stolen, or its successor was: 401 `refresh_reused`, and the session is over. 401 `refresh_refused`: it is
    of no session that goes on.
    """
    if not parts.tokens.can_issue:
        raise _not_configured()
    async with parts.database.transaction() as connection:
        refreshed = await sessions.refresh(connection, parts.tokens, body.refresh_token.get_secret_value())
    match refreshed:
        case None:
            raise Refused(401, "refresh_refused", "The refresh token is of no session that goes on. Sign in anew.")
        case Reused():
            await parts.cache.invalidate([cache_keys.session_tag(refreshed.session_id)])
            raise Refused(401, "refresh_reused", "This refresh token was used before. Its session is over: sign in.")
        case Opened():
            return _tokens(refreshed)


@router.post("/sign-out", status_code=204, responses=documented(404))
async def sign_out(caller: Writer, parts: UsedParts) -> None:
    """End the session that the access token is of: its tokens are good no more, anywhere, at once."""
    async with parts.database.transaction() as connection:
        session_id = caller.session_id
        ended = session_id and await sessions.end(connection, user=caller.telegram_id, session_id=session_id)
    if session_id is None or not ended:
        raise Refused(404, "session_not_found", "Only an access token is of a session that can be ended.")
    await parts.cache.invalidate([cache_keys.session_tag(session_id)])


async def _open(parts: Parts, person: Person, opened_with: OpenedWith, client: str | None) -> Tokens:
    async with parts.database.transaction() as connection:
        await users.remember(connection, person)
        opened, ended_tags = await sessions.open_session(
            connection, parts.tokens, user=person.id, opened_with=opened_with, client=client
        )
    await parts.cache.invalidate([cache_keys.user_tag(person.id), *ended_tags])
    return _tokens(opened)


def _tokens(opened: Opened) -> Tokens:
    return Tokens(
        access_token=opened.access_token,
        expires_in=LIFE_SECONDS,
        refresh_token=opened.refresh_token,
        session_id=opened.session_id,
    )


def _bot_token(parts: Parts) -> SecretStr:
    if parts.bot_token is None or not parts.tokens.can_issue:
        raise _not_configured()
    return parts.bot_token


def _not_configured() -> Refused:
    return Refused(404, "sign_in_not_configured", "Nobody signs in here: TELEGRAM_BOT_TOKEN is not set.")
