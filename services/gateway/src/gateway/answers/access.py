"""Who may see what: read from the database, and remembered with the versions of their tags."""

from uuid import UUID

import structlog
from servicekit import faults
from servicekit.cache import Cache
from servicekit.db import Database

from gateway import cabinets, credentials, keys
from gateway.access_tokens import AccessTokens
from gateway.answers.remembered import Memory, Remembered
from gateway.keys import Grant

log = structlog.get_logger()

Cabinets = tuple[UUID, ...]


class Access:
    """Grants of keys and access tokens, and memberships of users, of one process."""

    def __init__(self, database: Database, cache: Cache, tokens: AccessTokens) -> None:
        self._database = database
        self._cache = cache
        self._tokens = tokens
        self.grants: Memory[bytes, Grant] = Memory()
        self._seen: Memory[bytes, bool] = Memory()
        self.memberships: Memory[int, Cabinets] = Memory()

    async def read_grant(self, key: str, older: Remembered[Grant] | None = None) -> Remembered[Grant] | None:
        """What the key or access token allows, as the database says now; None when it allows nothing.

        While the database is away, what is remembered goes on.

        Raises:
            CacheAway: Redis did not answer, so that nothing can be remembered.
            Exception: the database did not answer, and nothing is remembered.
        """
        credential = credentials.read(key, self._tokens)
        if credential is None:
            return None
        key_hash, tag = keys.hash_of(key), credential.tag
        versions = await self._cache.versions([tag])
        try:
            async with self._database.transaction() as connection:
                grant = await credential.find(connection)
        except Exception as error:
            if older is None or not faults.is_away(error):
                raise
            log.warning("grant.not_read", error=type(error).__name__)
            self.grants.prolong(key_hash, older)
            return older
        return None if grant is None else self.grants.put(key_hash, grant, versions[tag])

    async def find_grant(self, key: str) -> Grant | None:
        """What the key allows, as the database says now; only that it is a key is remembered."""
        async with self._database.transaction() as connection:
            grant = await credentials.find(connection, key, self._tokens)
        if grant is not None:
            self._seen.put(keys.hash_of(key), True, version="")
        return grant

    def has_seen(self, key_hash: bytes) -> bool:
        """Whether it was a key when this process looked last."""
        return self.grants.get(key_hash) is not None or self._seen.get(key_hash) is not None

    async def read_cabinets(self, user: int) -> Cabinets:
        """The cabinets that the user may see, as the database says now."""
        async with self._database.transaction() as connection:
            return tuple(await cabinets.ids_of(connection, user))
