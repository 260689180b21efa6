"""Sessions of people who signed in: each a family of refresh tokens, of which only the newest is good (ADR 0037).

A refresh token is two secrets: the family's, which all its tokens have, and its own. Stored are their hashes. So
whoever shows the family's secret has had a token of it; if the other secret is not the newest, two have used the token.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from contracts import cache_keys
from gateway import noting
from gateway.access_tokens import AccessTokens, Claims
from gateway.keys import Grant

log = structlog.get_logger()

IDLE_DAYS = 30
"""A session that was not refreshed for so long is over."""

KEEP_DAYS = 60
"""Its row goes so long after it was refreshed last."""

GRACE_SECONDS = 10
"""Within it, the token before the newest is answered as it was the first time: that answer may have been lost."""

MOST = 50
"""Of a user; of more, those end that were used longest ago."""

MAX_CLIENT_LENGTH = 200

SCOPES = frozenset({"read", "write"})

PREFIX = "pulse_refresh_"
_SECRET_BYTES = 32
_TOKEN = re.compile(PREFIX + "([A-Za-z0-9_-]{86})")

OpenedWith = Literal["telegram", "mini_app"]

_IS_ALIVE = f"ended_at IS NULL AND refreshed_at > now() - make_interval(days => {IDLE_DAYS})"
_OPEN = text("""
INSERT INTO sessions (session_id, telegram_id, family_hash, refresh_hash, opened_with, client)
VALUES (:session_id, :user, :family_hash, :refresh_hash, :opened_with, :client)
""")
_END_MOST = text(f"""
UPDATE sessions SET ended_at = now() WHERE session_id IN (
    SELECT session_id FROM sessions WHERE telegram_id = :user AND {_IS_ALIVE}
    ORDER BY refreshed_at DESC, session_id DESC OFFSET :most
) RETURNING session_id
""")
_HOLD = text(f"""
SELECT session_id, telegram_id, refresh_hash, previous_hash, {_IS_ALIVE} AS is_alive,
       refreshed_at > now() - make_interval(secs => :grace) AS was_just_refreshed
FROM sessions WHERE family_hash = :family_hash FOR UPDATE
""")
_ROTATE = text("""
UPDATE sessions SET previous_hash = refresh_hash, refresh_hash = :refresh_hash, refreshed_at = now()
WHERE session_id = :session_id
""")
_END = text(f"""
UPDATE sessions SET ended_at = now() WHERE session_id = :session_id AND telegram_id = :user AND {_IS_ALIVE}
RETURNING session_id
""")
_FIND = text(f"SELECT telegram_id FROM sessions WHERE session_id = :session_id AND {_IS_ALIVE}")
_LIST = text(f"""
SELECT session_id, opened_with, client, created_at, refreshed_at,
       refreshed_at + make_interval(days => {IDLE_DAYS}) AS expires_at
FROM sessions WHERE telegram_id = :user AND {_IS_ALIVE} ORDER BY refreshed_at DESC, session_id DESC
""")


@dataclass(frozen=True)
class Opened:
    """A session as its user takes it away."""

    session_id: UUID
    telegram_id: int
    access_token: str
    refresh_token: str


@dataclass(frozen=True)
class Reused:
    """A session that is over, because a refresh token was used twice."""

    session_id: UUID


@dataclass(frozen=True)
class StoredSession:
    """A session that goes on, without what could be used as one."""

    session_id: UUID
    opened_with: OpenedWith
    client: str | None
    created_at: datetime
    refreshed_at: datetime
    expires_at: datetime


async def open_session(
    connection: AsyncConnection, tokens: AccessTokens, *, user: int, opened_with: OpenedWith, client: str | None
) -> tuple[Opened, list[str]]:
    """A new session of the user, whose row is held; and the tags to invalidate after the commit."""
    session_id, family, own = uuid7(), secrets.token_bytes(_SECRET_BYTES), secrets.token_bytes(_SECRET_BYTES)
    await connection.execute(
        _OPEN,
        {
            "session_id": session_id,
            "user": user,
            "family_hash": _hash(family),
            "refresh_hash": _hash(own),
            "opened_with": opened_with,
            "client": client and _shown(client),
        },
    )
    ended = (await connection.execute(_END_MOST, {"user": user, "most": MOST})).scalars()
    noting.by(user)
    noting.done_to(session_id=session_id)
    opened = Opened(session_id, user, tokens.issue(session_id, user), _token(family, own))
    return opened, [cache_keys.session_tag(each) for each in ended]


async def refresh(connection: AsyncConnection, tokens: AccessTokens, refresh_token: str) -> Opened | Reused | None:
    """The session with its next tokens; None when the token is of none that goes on.

    Whoever is told that it was reused commits, and invalidates the session's tag.
    """
    given = _secrets(refresh_token)
    if given is None:
        return None
    family, own = given
    held = (await connection.execute(_HOLD, {"family_hash": _hash(family), "grace": GRACE_SECONDS})).first()
    if held is None or not held.is_alive:
        return None
    noting.by(held.telegram_id)
    noting.done_to(session_id=held.session_id)
    successor = tokens.successors(own)[0]
    if hmac.compare_digest(held.refresh_hash, _hash(own)):
        await connection.execute(_ROTATE, {"session_id": held.session_id, "refresh_hash": _hash(successor)})
    elif held.was_just_refreshed and hmac.compare_digest(held.previous_hash or b"", _hash(own)):
        # It may have been made with a secret that has another place by now.
        successor = next((each for each in tokens.successors(own) if _hash(each) == held.refresh_hash), successor)
    else:
        noting.changed(after={"is_reused": True, "is_ended": True})
        await connection.execute(_END, {"session_id": held.session_id, "user": held.telegram_id})
        log.warning("session.reused", session_id=str(held.session_id))
        return Reused(held.session_id)
    access_token = tokens.issue(held.session_id, held.telegram_id)
    return Opened(held.session_id, held.telegram_id, access_token, _token(family, successor))


async def end(connection: AsyncConnection, *, user: int, session_id: UUID) -> bool:
    """End a session of the user; whether it went on until now. Its tag is to be invalidated after the commit."""
    noting.done_to(session_id=session_id)
    return (await connection.execute(_END, {"session_id": session_id, "user": user})).first() is not None


async def find(connection: AsyncConnection, claims: Claims) -> Grant | None:
    """What the access token with these claims allows; None when its session is over."""
    user: int | None = await connection.scalar(_FIND, {"session_id": claims.session_id})
    if user != claims.telegram_id:
        return None
    tag = cache_keys.session_tag(claims.session_id)
    return Grant(claims.session_id, user, SCOPES, claims.expires_at, tag, claims.session_id)


async def list_of(connection: AsyncConnection, user: int) -> list[StoredSession]:
    """The user's sessions that go on, the one used last first."""
    return [StoredSession(**row) for row in (await connection.execute(_LIST, {"user": user})).mappings()]


def _shown(client: str) -> str:
    return "".join(filter(str.isprintable, client))[:MAX_CLIENT_LENGTH]


def _token(family: bytes, own: bytes) -> str:
    return PREFIX + urlsafe_b64encode(family + own).decode().rstrip("=")


def _secrets(token: str) -> tuple[bytes, bytes] | None:
    spelt = _TOKEN.fullmatch(token)
    if spelt is None:
        return None
    both = urlsafe_b64decode(spelt[1] + "==")
    return both[:_SECRET_BYTES], both[_SECRET_BYTES:]


def _hash(secret: bytes) -> bytes:
    # They have 256 random bits: a plain hash is enough.
    return hashlib.sha256(secret).digest()
