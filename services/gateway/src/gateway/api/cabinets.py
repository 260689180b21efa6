"""`/cabinets`: connect a WB shop by its token, look at it, disconnect it."""

from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Model, Moment
from contracts.wb_token import Category, TokenKind, TokenRefused, read_claims
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from servicekit import clock

from contracts import cache_keys
from gateway import cabinets, token_words
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, answered, documented

router = APIRouter(prefix="/cabinets", tags=["cabinets"])

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class ConnectCabinet(BaseModel):
    """A WB token, and what the seller calls the shop."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"token": "<the WB token>", "name": "Main shop"}]}
    )

    token: SecretStr = Field(
        description="a WB token that opens content, analytics and statistics (a personal one gives orders at once); "
        "sealed on arrival: nothing here can read it back"
    )
    name: Name | None = None


class Token(Model):
    """What a cabinet's token says of itself."""

    kind: TokenKind
    categories: tuple[Category, ...]
    read_only: bool
    expires_at: Moment
    freshness: str = Field(description="how fresh the data can be, in the seller's language")
    gives: tuple[str, ...] = Field(description="what the token opens, in the seller's language")
    lacks: tuple[str, ...] = Field(description="what it leaves closed")


class Cabinet(Model):
    """A WB shop."""

    cabinet_id: UUID
    name: str | None = Field(description="the seller's own name for it")
    seller_id: UUID = Field(description="WB's id of the seller")
    seller_name: str | None = Field(description="as WB names it; null until WB accepted the token")
    trade_mark: str | None
    status: Literal["unchecked", "verified", "suspended"] = Field(
        description="unchecked: WB has not answered about the token yet; suspended: WB keeps refusing it"
    )
    status_reason: str | None = Field(description="why it is suspended", examples=["token_rejected"])
    status_detail: str | None = Field(description="what WB said")
    token: Token
    connected_at: Moment = Field(description="when the current token was given")
    verified_at: Moment | None


@router.post(
    "",
    status_code=201,
    response_model=Cabinet,
    responses={
        200: {"description": "The same seller again: the new token took the old one's place", "model": Cabinet},
        201: {"description": "Connected", "headers": {"Location": {"schema": {"type": "string"}}}},
        **documented(413, 422),
    },
)
async def connect_cabinet(caller: Writer, parts: UsedParts, body: ConnectCabinet, response: Response) -> Cabinet:
    """Connect a cabinet, or give it a new token.

    The token is checked offline at once: a malformed, expired or test token, or one that lacks categories, is
    refused with 422, a `code` (`token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`) and nothing is stored. Then the cabinet is `unchecked` until WB has answered;
    if WB is down it stays so and is checked again.

    Safe to repeat: the same seller keeps its cabinet, so a repeated request answers 200 with the same id.
    """
    token = body.token.get_secret_value().strip()
    try:
        claims = read_claims(token, now=clock.now())
    except TokenRefused as refusal:
        raise Problem(422, refusal.code, str(refusal)) from None
    async with parts.database.transaction() as connection:
        cabinet_id, is_new = await cabinets.connect(
            connection,
            owner=caller.telegram_id,
            name=body.name,
            token=token,
            claims=claims,
            seal_public_key=parts.seal_public_key,
        )
        stored = await cabinets.find(connection, caller.telegram_id, cabinet_id)
    if stored is None:
        raise LookupError("a cabinet just stored is not there")
    await parts.cache.invalidate([cache_keys.members_tag(caller.telegram_id), cache_keys.cabinet_tag(cabinet_id)])
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/cabinets/{cabinet_id}"
    return _shown(stored)


@router.get("", **answered(Listed[Cabinet]))
async def list_cabinets(caller: Reader, answer: Reading, parts: UsedParts) -> Response:
    """Every cabinet of the user, oldest first."""
    await answer.depends_on(*map(cache_keys.cabinet_tag, answer.cabinets))
    async with parts.database.transaction() as connection:
        stored = await cabinets.list_of(connection, caller.telegram_id)
    return answer.listed(map(_shown, stored), next_cursor=None, keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)


@router.get("/{cabinet_id}", **answered(Answered[Cabinet], 404))
async def get_cabinet(caller: Reader, answer: Reading, parts: UsedParts, cabinet_id: UUID) -> Response:
    """One cabinet: its state at WB, and what its token gives and how fresh."""
    await answer.depends_on(cache_keys.cabinet_tag(cabinet_id))
    async with parts.database.transaction() as connection:
        stored = await cabinets.find(connection, caller.telegram_id, cabinet_id)
    if stored is None:
        raise cabinet_not_found()
    return answer.of(_shown(stored), keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)


@router.delete("/{cabinet_id}", status_code=204, responses=documented(404))
async def disconnect_cabinet(caller: Writer, parts: UsedParts, cabinet_id: UUID) -> None:
    """Disconnect a cabinet: every service forgets its data. It cannot be undone."""
    async with parts.database.transaction() as connection:
        members = await cabinets.disconnect(connection, owner=caller.telegram_id, cabinet_id=cabinet_id)
    if members is None:
        raise cabinet_not_found()
    await parts.cache.invalidate([cache_keys.cabinet_tag(cabinet_id), *map(cache_keys.members_tag, members)])


def cabinet_not_found() -> Problem:
    """The same answer for another's cabinet and for none."""
    return Problem(404, "cabinet_not_found", "You have no cabinet with this id; GET /api/v1/cabinets lists yours.")


def _shown(stored: cabinets.StoredCabinet) -> Cabinet:
    categories = frozenset(map(Category, stored.categories))
    kind = TokenKind(stored.kind)
    return Cabinet.model_validate(
        {
            **vars(stored),
            "token": Token(
                kind=kind,
                categories=tuple(sorted(categories)),
                read_only=stored.read_only,
                expires_at=stored.expires_at,
                freshness=token_words.FRESHNESS[kind],
                gives=tuple(token_words.gives(categories)),
                lacks=tuple(token_words.lacks(categories)),
            ),
        }
    )
