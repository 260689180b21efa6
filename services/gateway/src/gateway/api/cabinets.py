"""`/cabinets`: connect a WB shop by its token, look at it, rename it, give it another token, disconnect it."""

from typing import Annotated, Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.wb_token import REQUIRED, Category, TokenClaims, TokenKind, TokenRefused, read_claims
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints
from servicekit import clock

from contracts import cache_keys
from gateway import cabinets, disagreements, freshness, roles, syncs, token_words
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.examples import answer_like
from gateway.api.form import WholeList, described_whole
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, answered, documented
from gateway.refusals import Refused
from gateway.roles import Role

router = APIRouter(prefix="/cabinets", tags=["cabinets"])

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class GiveToken(BaseModel):
    """A WB token."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"token": "<the WB token>"}]}
    )

    token: SecretStr = Field(
        description="a WB token that opens content, analytics and statistics (a personal one gives orders at once); "
        "sealed on arrival: nothing here can read it back"
    )


class ConnectCabinet(GiveToken):
    """A WB token, and what the seller calls the shop."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"token": "<the WB token>", "name": "Main shop"}]})

    name: Name | None = None


class RenameCabinet(BaseModel):
    """What the seller calls the shop."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"name": "Main shop"}]})

    name: Name | None = Field(description="null: as WB calls its seller")


class Token(Model):
    """What a cabinet's token says of itself."""

    kind: TokenKind
    categories: tuple[Category, ...]
    read_only: bool
    expires_at: Moment
    freshness: str = Field(description="how fresh the data can be, in the seller's language")
    gives: tuple[str, ...] = Field(description="what the token opens, in the seller's language")
    lacks: tuple[str, ...] = Field(description="what it leaves closed, and one with more categories would open")
    cannot: tuple[str, ...] = Field(description="what no token of this kind gives, whatever its categories")


class Cabinet(Model):
    """A WB shop."""

    cabinet_id: UUID
    name: str | None = Field(description="the seller's own name for it")
    role: Role = Field(description="of the user who asks")
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


class Disagreements(Model):
    """Orders of the last 30 days, 10,000 of them at most, of which the other source tells something else."""

    srid: Count = Field(description="the other has had them for a day; as unpaid ones in the order feed alone")
    is_cancel: Count = Field(description="the other has told for half an hour that they are cancelled")
    price: Count = Field(default=0, description="at another price; the order feed's is without WB Club's discount")


EVERY_SECONDS = "it is read so often, if nothing goes wrong; null: not known before its first reading ends"
EVERY_BECAUSE = (
    "schedule: as often as is of use; limits: as often as Wildberries lets such a token ask; sharing: those limits are "
    "shared with the seller's other cabinets, or with what the same calls are spent on; dormant: more rarely with each "
    "day, as nothing has happened there for days and nobody reads; whatever happens, or whoever reads, ends it"
)
WAITS_FOR = (
    "what the next reading, at `next_run_at`, waits for. schedule: its time; turn: nothing, it is due; limits: "
    "Wildberries' limits leave no call until then; wildberries: it failed there or is being made there, and is asked "
    "for again; token: WB refuses it, or has not accepted it yet; other_source: it is read only while what it stands "
    "in for cannot be; null: it is being read"
)


class ResourceFreshness(Model):
    """How fresh one resource of a cabinet is."""

    resource: str = Field(examples=["orders"])
    status: Literal["waiting", "running", "failing", "suspended"]
    last_success_at: Moment | None = Field(description="null: not read yet")
    next_run_at: Moment | None
    waits_for: syncs.WaitsFor | None = Field(description=WAITS_FOR)
    every_seconds: float | None = Field(description=EVERY_SECONDS)
    every_because: syncs.EveryBecause | None = Field(description=EVERY_BECAUSE)
    stale: bool = Field(description="it is late: Wildberries does not give it, or not in time")
    disagreements: Disagreements | None = Field(
        default=None, description="of `orders` and `order_feed`, where both are read; else null"
    )


class CabinetDetails(Cabinet):
    """A WB shop, and how fresh what is read of it is."""

    resources: tuple[ResourceFreshness, ...] = Field(description="by name; empty until WB accepted the token")


CABINET_EXAMPLE: dict[str, object] = {
    "cabinet_id": "01939e1c-5b7e-7000-8000-00000000c001",
    "name": "Северный ветер",
    "role": "owner",
    "seller_id": "7a3f0c52-6f0e-4c5c-9a55-8d3f1a1f1c11",
    "seller_name": "ИП Северов",
    "trade_mark": "Северный ветер",
    "status": "verified",
    "status_reason": None,
    "status_detail": None,
    "token": {
        "kind": "base",
        "categories": ["analytics", "content", "statistics"],
        "read_only": False,
        "expires_at": "2027-05-20T11:00:00Z",
        "freshness": token_words.FRESHNESS[TokenKind.BASE],
        "gives": token_words.gives(REQUIRED),
        "lacks": token_words.lacks(REQUIRED),
        "cannot": token_words.cannot(TokenKind.BASE, read_only=False),
    },
    "connected_at": "2026-11-20T11:00:00Z",
    "verified_at": "2026-11-20T11:00:05Z",
}
DETAILS_EXAMPLE = {
    **CABINET_EXAMPLE,
    "resources": [
        {
            "resource": "orders",
            "status": "waiting",
            "last_success_at": "2026-11-20T11:02:00Z",
            "next_run_at": "2026-11-20T14:02:00Z",
            "waits_for": "schedule",
            "every_seconds": 10800.0,
            "every_because": "limits",
            "stale": False,
            "disagreements": {"srid": 3, "is_cancel": 0, "price": 1},
        }
    ],
}


@router.post(
    "",
    status_code=201,
    response_model=Cabinet,
    responses={
        200: {
            "description": "The same seller again: the new token took the old one's place",
            "model": Cabinet,
            **answer_like(CABINET_EXAMPLE),
        },
        201: {
            "description": "Connected",
            "headers": {"Location": {"schema": {"type": "string"}}},
            **answer_like(CABINET_EXAMPLE),
        },
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
    token, claims = _read(body)
    async with parts.database.transaction() as connection:
        cabinet_id, is_new = await cabinets.connect(
            connection,
            owner=caller.telegram_id,
            name=body.name,
            token=token,
            claims=claims,
            seal_public_key=parts.seal_public_key,
        )
        shown = _shown(await cabinets.find(connection, caller.telegram_id, cabinet_id))
    await parts.cache.invalidate([cache_keys.members_tag(caller.telegram_id), cache_keys.cabinet_tag(cabinet_id)])
    response.status_code = 201 if is_new else 200
    response.headers["Location"] = f"/api/v1/cabinets/{cabinet_id}"
    return shown


@router.get("", **described_whole(Listed[Cabinet], example=[CABINET_EXAMPLE]))
async def list_cabinets(caller: Reader, answer: Reading, parts: UsedParts, asked: WholeList) -> Response:
    """Every cabinet of the user, oldest first."""
    await answer.depends_on(*map(cache_keys.cabinet_tag, answer.cabinets))
    async with parts.database.transaction() as connection:
        stored = await cabinets.list_of(connection, caller.telegram_id)
    return await asked.answer_whole(answer, list(map(_shown, stored)), keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)


@router.get("/{cabinet_id}", **answered(Answered[CabinetDetails], 404, example=DETAILS_EXAMPLE))
async def get_cabinet(caller: Reader, answer: Reading, parts: UsedParts, cabinet_id: UUID) -> Response:
    """One cabinet: its state at WB, what its token gives and what not, and how fresh each resource is."""
    async with parts.database.transaction() as connection:
        shown = _shown(await cabinets.find(connection, caller.telegram_id, cabinet_id))
        states = await syncs.states(connection, [cabinet_id])
        late = await freshness.late_sources(connection, cabinet_id)
        apart = await disagreements.read(connection, cabinet_id)
    resources = tuple(
        ResourceFreshness.model_validate(
            {
                **vars(state),
                "stale": freshness.source_of(state.resource) in late,
                "disagreements": apart.get(state.resource),
            }
        )
        for state in states
    )
    # Not kept: the ingestor goes on without telling of every reading.
    return answer.of(CabinetDetails(**dict(shown), resources=resources))


@router.patch("/{cabinet_id}", responses={200: answer_like(CABINET_EXAMPLE), **documented(404, 413)})
async def rename_cabinet(caller: Writer, parts: UsedParts, cabinet_id: UUID, body: RenameCabinet) -> Cabinet:
    """Call the cabinet otherwise; for managers and the owner. Messages name it so from then on."""
    async with parts.database.transaction() as connection:
        await cabinets.rename(connection, user=caller.telegram_id, cabinet_id=cabinet_id, name=body.name)
        shown = _shown(await cabinets.find(connection, caller.telegram_id, cabinet_id))
    await parts.cache.invalidate([cache_keys.cabinet_tag(cabinet_id)])
    return shown


@router.put("/{cabinet_id}/token", responses={200: answer_like(CABINET_EXAMPLE), **documented(404, 413)})
async def replace_token(caller: Writer, parts: UsedParts, cabinet_id: UUID, body: GiveToken) -> Cabinet:
    """Give the cabinet another token of the same seller; only its owner may.

    The token is checked as when a cabinet is connected, and refused with the same codes (`token_malformed`,
    `token_kind_unknown`, `token_is_test`, `token_expired`, `token_lacks_categories`), or `token_of_another_seller`.
    The cabinet is `unchecked` until WB has answered. What was read with the token before stays.
    """
    token, claims = _read(body)
    async with parts.database.transaction() as connection:
        await cabinets.replace_token(
            connection,
            user=caller.telegram_id,
            cabinet_id=cabinet_id,
            token=token,
            claims=claims,
            seal_public_key=parts.seal_public_key,
        )
        shown = _shown(await cabinets.find(connection, caller.telegram_id, cabinet_id))
    await parts.cache.invalidate([cache_keys.cabinet_tag(cabinet_id)])
    return shown


@router.delete("/{cabinet_id}", status_code=204, responses=documented(404))
async def disconnect_cabinet(caller: Writer, parts: UsedParts, cabinet_id: UUID) -> None:
    """Disconnect a cabinet: every service forgets its data. It cannot be undone, and only its owner may."""
    async with parts.database.transaction() as connection:
        members = await cabinets.disconnect(connection, owner=caller.telegram_id, cabinet_id=cabinet_id)
    await parts.cache.invalidate([cache_keys.cabinet_tag(cabinet_id), *map(cache_keys.members_tag, members)])


def cabinet_not_found() -> Refused:
    """The same answer for another's cabinet and for none."""
    return roles.cabinet_not_found()


def _read(body: GiveToken) -> tuple[str, TokenClaims]:
    token = body.token.get_secret_value().strip()
    try:
        return token, read_claims(token, now=clock.now())
    except TokenRefused as refusal:
        raise Problem(422, refusal.code, str(refusal)) from None


def _shown(stored: cabinets.StoredCabinet | None) -> Cabinet:
    if stored is None:
        raise cabinet_not_found()
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
                cannot=tuple(token_words.cannot(kind, read_only=stored.read_only)),
            ),
        }
    )
