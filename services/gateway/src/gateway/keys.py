"""API keys: made once, stored as a hash, found by it."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicekit import clock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from contracts import cache_keys

PREFIX = "pulse_"
SECRET_BYTES = 32
SHOWN_LENGTH = len(PREFIX) + 6
LEAST_LENGTH = len(PREFIX) + 32

_COLUMNS = "key_id, prefix, name, telegram_id, scopes, created_at, expires_at, revoked_at, last_used_at"
_INSERT = text("""
INSERT INTO api_keys (key_id, key_hash, prefix, name, telegram_id, scopes, expires_at)
VALUES (:key_id, :key_hash, :prefix, :name, :telegram_id, CAST(:scopes AS text[]), :expires_at)
ON CONFLICT (key_hash) DO NOTHING RETURNING key_id
""")
_FIND = text("""
WITH found AS (
    SELECT key_id, key_hash, telegram_id, scopes, expires_at, last_used_at FROM api_keys
    WHERE key_hash = :key_hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
), touched AS (
    UPDATE api_keys SET last_used_at = date_trunc('hour', now()) FROM found
    WHERE api_keys.key_id = found.key_id AND found.last_used_at IS DISTINCT FROM date_trunc('hour', now())
)
SELECT key_id, key_hash, telegram_id, scopes, expires_at FROM found
""")
_LIST = text(f"SELECT {_COLUMNS} FROM api_keys ORDER BY created_at, key_id")
_REVOKE = text("UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = :key_id RETURNING key_hash")
_CHANGE = text("""
UPDATE api_keys SET name = :name, expires_at = CAST(:expires_at AS timestamptz)
WHERE key_id = :key_id RETURNING key_hash
""")


@dataclass(frozen=True)
class Grant:
    """What a usable key, or the access token of a session, allows."""

    key_id: UUID
    telegram_id: int | None
    """Whom the key acts for; None: for whomever the request names."""
    scopes: frozenset[str]
    expires_at: datetime | None
    tag: str
    """Invalidated when it ends."""
    session_id: UUID | None = None
    """Of an access token, whose `key_id` this is too."""

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()


@dataclass(frozen=True)
class KeyDescription:
    """A stored key, without what could be used as one."""

    key_id: UUID
    prefix: str
    name: str
    telegram_id: int | None
    scopes: Sequence[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


async def create(
    connection: AsyncConnection,
    *,
    name: str,
    telegram_id: int | None,
    scopes: Collection[str],
    expires_at: datetime | None = None,
) -> tuple[UUID, str]:
    """Store a new key; its id and the key, which cannot be read again."""
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    key_id: UUID = await connection.scalar(
        _INSERT, _stored(key, name=name, telegram_id=telegram_id, scopes=scopes, expires_at=expires_at)
    )
    return key_id, key


async def keep(connection: AsyncConnection, key: str, *, name: str, scopes: Collection[str]) -> bool:
    """Store a key that was made elsewhere and acts for any user; False if it is stored already, be it revoked.

    Raises:
        ValueError: it is too short for one that nobody guesses.
    """
    if not key.startswith(PREFIX) or len(key) < LEAST_LENGTH:
        raise ValueError(f"a key is {PREFIX} and {LEAST_LENGTH - len(PREFIX)} random characters at least")
    values = _stored(key, name=name, telegram_id=None, scopes=scopes, expires_at=None)
    return await connection.scalar(_INSERT, values) is not None


async def find(connection: AsyncConnection, key: str) -> Grant | None:
    """What the key allows; None when it is unknown, expired or revoked. Marks the hour of its use.

    A key has 256 random bits, so a plain hash is enough, and what the index lookup's time could tell is
    about the hash alone.
    """
    key_hash = hash_of(key)
    row = (await connection.execute(_FIND, {"key_hash": key_hash})).first()
    if row is None or not hmac.compare_digest(row.key_hash, key_hash):
        return None
    return Grant(row.key_id, row.telegram_id, frozenset(row.scopes), row.expires_at, cache_keys.grant_tag(key_hash))


async def list_all(connection: AsyncConnection) -> list[KeyDescription]:
    """Every key, oldest first."""
    return [KeyDescription(**row) for row in (await connection.execute(_LIST)).mappings()]


async def revoke(connection: AsyncConnection, key_id: UUID) -> str | None:
    """End a key; the tag to invalidate after the commit, or None when there is no key with this id."""
    key_hash: bytes | None = await connection.scalar(_REVOKE, {"key_id": key_id})
    return None if key_hash is None else cache_keys.grant_tag(key_hash)


async def change(connection: AsyncConnection, key_id: UUID, *, name: str, expires_at: datetime | None) -> str | None:
    """Rename a key, or let it end at another time; as `revoke`, the tag to invalidate after the commit."""
    values = {"key_id": key_id, "name": name, "expires_at": expires_at}
    key_hash: bytes | None = await connection.scalar(_CHANGE, values)
    return None if key_hash is None else cache_keys.grant_tag(key_hash)


def _stored(
    key: str, *, name: str, telegram_id: int | None, scopes: Collection[str], expires_at: datetime | None
) -> dict[str, object]:
    return {
        "key_id": uuid7(),
        "key_hash": hash_of(key),
        "prefix": key[:SHOWN_LENGTH],
        "name": name,
        "telegram_id": telegram_id,
        "scopes": sorted(scopes),
        "expires_at": expires_at,
    }


def hash_of(key: str) -> bytes:
    """What stands for the key wherever it is looked up."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).digest()
