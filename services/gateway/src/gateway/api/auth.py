"""Who calls: an API key, the Telegram user it acts for, and what it may do."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from gateway import keys
from gateway.api.numbers import whole_number
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.telegram_ids import MAX_TELEGRAM_ID

_bearer = HTTPBearer(
    scheme_name="bearer", auto_error=False, description="`Authorization: Bearer pulse_…`, made by `gateway keys create`"
)
_header = APIKeyHeader(
    scheme_name="header", name="X-API-Key", auto_error=False, description="the same key, where Authorization is taken"
)


@dataclass(frozen=True)
class Caller:
    """An authenticated request: the key it came with and the Telegram user it acts for."""

    key_id: UUID
    telegram_id: int


async def _authenticate(
    needed: SecurityScopes,
    parts: UsedParts,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
    x_telegram_user_id: Annotated[
        str | None,
        Header(description="whom a key made with `--any-user` acts for; other keys act for their own user"),
    ] = None,
) -> Caller:
    key = bearer.credentials if bearer else header
    if not key:
        raise _unauthorized("key_missing", "Send an API key: `Authorization: Bearer pulse_…`.")
    async with parts.database.transaction() as connection:
        grant = await keys.find(connection, key)
    if grant is None:
        raise _unauthorized("key_refused", "The API key is unknown, expired or revoked.")
    missing = sorted(set(needed.scopes) - grant.scopes)
    if missing:
        raise Problem(403, "scope_missing", f"The API key lacks the scope {', '.join(missing)}.")
    return Caller(grant.key_id, _user(grant, x_telegram_user_id))


def _user(grant: keys.Grant, named: str | None) -> int:
    if named is None:
        if grant.telegram_id is None:
            raise Problem(400, "user_not_named", "This key acts for any user: name one in X-Telegram-User-Id.")
        return grant.telegram_id
    user = whole_number(named, MAX_TELEGRAM_ID)
    if not user:
        raise Problem(400, "user_malformed", "X-Telegram-User-Id is not a Telegram user id.")
    if grant.telegram_id not in (None, user):
        raise Problem(403, "user_refused", "This key acts for another user than X-Telegram-User-Id names.")
    return user


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


Reader = Annotated[Caller, Security(_authenticate, scopes=["read"])]
Writer = Annotated[Caller, Security(_authenticate, scopes=["write"])]
