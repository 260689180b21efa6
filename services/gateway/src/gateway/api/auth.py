"""Who calls: an API key or an access token, the Telegram user it acts for, and what it may do."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Request, Security
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from gateway import credentials, keys
from gateway.answers.answer import SCOPE_NAME, Answer
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem
from gateway.callers import user_of
from gateway.telegram_ids import SPELT

_bearer = HTTPBearer(
    scheme_name="bearer",
    auto_error=False,
    description="`Authorization: Bearer …`: an API key `pulse_…`, made by `gateway keys create`, or an access token",
)
_header = APIKeyHeader(
    scheme_name="header", name="X-API-Key", auto_error=False, description="the same key, where Authorization is taken"
)


@dataclass(frozen=True)
class Caller:
    """An authenticated request: the key it came with and the Telegram user it acts for."""

    key_id: UUID
    telegram_id: int
    session_id: UUID | None
    """Of an access token."""


async def _granted(
    request: Request,
    parts: UsedParts,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> keys.Grant:
    key = bearer.credentials if bearer else header
    if not key:
        raise _unauthorized("key_missing", "Send an API key or an access token: `Authorization: Bearer …`.")
    grant = await _grant(parts, request.scope.get(SCOPE_NAME), key)
    if grant is None:
        raise _unauthorized("key_refused", "The API key or access token is unknown, past its time or ended.")
    return grant


Granted = Annotated[keys.Grant, Depends(_granted)]
"""What the request's key allows, whomever it acts for."""


def require_scopes(grant: keys.Grant, needed: SecurityScopes) -> None:
    """Refuse what the key may not do.

    Raises:
        Problem: 403, it lacks a scope.
    """
    missing = sorted(set(needed.scopes) - grant.scopes)
    if missing:
        raise Problem(403, "scope_missing", f"The API key lacks the scope {', '.join(missing)}.")


async def _authenticate(
    needed: SecurityScopes,
    grant: Granted,
    x_telegram_user_id: Annotated[
        str | None,
        Header(
            description="whom a key made with `--any-user` acts for (400 `user_not_named` without it); other keys act "
            "for their own user, and for no other (403 `user_refused`). No Telegram id: 400 `user_malformed`",
            json_schema_extra={"pattern": SPELT, "examples": ["123456789"]},
        ),
    ] = None,
) -> Caller:
    require_scopes(grant, needed)
    return Caller(grant.key_id, user_of(grant, x_telegram_user_id), grant.session_id)


async def _grant(parts: Parts, answer: Answer | None, key: str) -> keys.Grant | None:
    """What the key allows: of a read it was found out already, unless Redis is away."""
    if answer is not None and answer.question.key == key:
        if answer.failure is not None:
            raise answer.failure
        if answer.is_known:
            return answer.grant
    async with parts.database.transaction() as connection:
        return await credentials.find(connection, key, parts.tokens)


def _unauthorized(code: str, detail: str) -> Problem:
    return Problem(401, code, detail, headers={"WWW-Authenticate": "Bearer"})


Reader = Annotated[Caller, Security(_authenticate, scopes=["read"])]
Writer = Annotated[Caller, Security(_authenticate, scopes=["write"])]


async def _opened(
    caller: Reader,
    request: Request,
    if_none_match: Annotated[
        str | None,
        Header(
            description="the `ETag` of an answer that you have: 304 while it is still so",
            json_schema_extra={"examples": ['W/"5f0c1be2d4a94c0e8f1c7a91"']},
        ),
    ] = None,  # read where answers that are kept are sent
) -> Answer:
    answer: Answer = request.scope[SCOPE_NAME]
    await answer.open(caller.telegram_id)
    return answer


Reading = Annotated[Answer, Depends(_opened)]
"""The caller's read while it is answered."""
