"""What a request shows to say who sends it: an API key, or the access token of a session."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import cache_keys
from gateway import keys, sessions
from gateway.access_tokens import AccessTokens
from gateway.keys import Grant


@dataclass(frozen=True)
class Credential:
    """Something that may be one: the database says."""

    tag: str
    """Invalidated when it ends."""
    find: Callable[[AsyncConnection], Awaitable[Grant | None]]


def read(shown: str, tokens: AccessTokens) -> Credential | None:
    """What was shown; None when it can be neither."""
    if shown.startswith(keys.PREFIX):
        return Credential(cache_keys.grant_tag(keys.hash_of(shown)), partial(keys.find, key=shown))
    claims = tokens.read(shown)
    if claims is None:
        return None
    return Credential(cache_keys.session_tag(claims.session_id), partial(sessions.find, claims=claims))


async def find(connection: AsyncConnection, shown: str, tokens: AccessTokens) -> Grant | None:
    """What it allows, as the database says now; None when it allows nothing."""
    credential = read(shown, tokens)
    return None if credential is None else await credential.find(connection)
