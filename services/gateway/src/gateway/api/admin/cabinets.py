"""`/admin/cabinets`: WB shops of every user. Nobody is shown a token."""

from typing import Literal
from uuid import UUID

from contracts.model import Model, Moment
from contracts.wb_token import TokenRefused, read_claims
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr
from servicekit import clock
from sqlalchemy import RowMapping

from contracts import cache_keys
from gateway import cabinets
from gateway.admin import audit
from gateway.admin.listings import CABINETS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId, TelegramId, Version
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.cabinets import Name
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/cabinets", tags=["admin"])

NAME = "cabinets"
WRITABLE = ("name",)

Status = Literal["unchecked", "verified", "suspended"]


class CabinetRecord(Model):
    """A WB shop, with what its token says of itself."""

    id: UUID
    owner_telegram_id: int
    name: str | None = Field(description="the owner's own name for it")
    seller_id: UUID
    seller_name: str | None
    trade_mark: str | None
    status: Status
    status_reason: str | None
    status_detail: str | None
    kind: str = Field(description="of token")
    categories: tuple[str, ...]
    read_only: bool
    expires_at: Moment = Field(description="when the token ends")
    connected_at: Moment
    verified_at: Moment | None
    version: Version


class NewCabinet(BaseModel):
    """A WB token, and for whom it is connected."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"owner_telegram_id": 1234567, "token": "<the WB token>", "name": "Main shop"}]
        },
    )

    owner_telegram_id: TelegramId
    token: SecretStr = Field(description="sealed on arrival: nothing here can read it back")
    name: Name | None = None


class CabinetChanges(BaseModel):
    """The whole record, or only what changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"name": "Second shop"}]})

    id: UUID | None = None
    owner_telegram_id: int | None = None
    name: Name | None = None
    seller_id: UUID | None = None
    seller_name: str | None = None
    trade_mark: str | None = None
    status: Status | None = None
    status_reason: str | None = None
    status_detail: str | None = None
    kind: str | None = None
    categories: tuple[str, ...] | None = None
    read_only: bool | None = None
    expires_at: Moment | None = None
    connected_at: Moment | None = None
    verified_at: Moment | None = None
    version: Version | None = None


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "owner_telegram_id": 1234567,
    "name": "Main shop",
    "seller_id": "f2d6a0c4-6f0e-4a54-9a53-6b7d4d3f4f5e",
    "seller_name": "ООО «Ромашка»",
    "trade_mark": "Ромашка",
    "status": "verified",
    "status_reason": None,
    "status_detail": None,
    "kind": "personal",
    "categories": ["analytics", "content", "statistics"],
    "read_only": True,
    "expires_at": "2027-05-20T11:02:00Z",
    "connected_at": "2026-11-20T11:02:00Z",
    "verified_at": "2026-11-20T11:02:03Z",
    "version": 7710,
}


@router.get("", **dialect.described_list(CabinetRecord, EXAMPLE))
async def list_all_cabinets(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Cabinets, the newest first. Sorted by `id`, which is by age; filtered by `owner_telegram_id`, `status` or
    `id`."""
    return await answer_list(parts, query, CABINETS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(CabinetRecord, EXAMPLE, 404))
async def get_any_cabinet(_: Admin, parts: UsedParts, record_id: RecordId) -> CabinetRecord:
    """One cabinet."""
    return await answer_one(parts, record_id, CABINETS, NAME, _shown)


@router.post("", **dialect.described_record(CabinetRecord, EXAMPLE, success=201))
async def connect_for_user(admin: Admin, parts: UsedParts, body: NewCabinet) -> CabinetRecord:
    """Connect a cabinet for a user, as he would himself; the same seller of the same user keeps its cabinet, and gets
    the new token. 422 `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
    `token_lacks_categories`: it cannot work."""
    token = body.token.get_secret_value().strip()
    try:
        claims = read_claims(token, now=clock.now())
    except TokenRefused as refusal:
        raise Problem(422, refusal.code, str(refusal)) from None
    async with parts.database.transaction() as connection:
        cabinet_id, _ = await cabinets.connect(
            connection,
            owner=body.owner_telegram_id,
            name=body.name,
            token=token,
            claims=claims,
            seal_public_key=parts.seal_public_key,
        )
        row = await CABINETS.find(connection, str(cabinet_id))
    tags = [cache_keys.members_tag(body.owner_telegram_id), cache_keys.cabinet_tag(cabinet_id)]
    await parts.cache.invalidate(tags)
    audit.note(key_id=admin.key_id, action="create", resource=NAME, record_id=cabinet_id, owner=body.owner_telegram_id)
    return _stored(row)


@router.put("/{record_id}", **dialect.described_record(CabinetRecord, EXAMPLE, 404, 409))
async def rename_any_cabinet(
    admin: Admin, parts: UsedParts, record_id: RecordId, body: CabinetChanges
) -> CabinetRecord:
    """Rename a cabinet. 422 `version_missing`: a whole record is stored with its version; `field_not_writable`: only
    the name can be changed."""
    async with parts.database.transaction() as connection:
        row = await CABINETS.find(connection, record_id, to_change=True)
        if row is None:
            raise dialect.not_found(NAME)
        record = _shown(row)
        changes = dialect.changes(body, record, writable=WRITABLE)
        if changes:
            await cabinets.rename(connection, user=record.owner_telegram_id, cabinet_id=record.id, name=changes["name"])
        row = await CABINETS.find(connection, record_id)
    await parts.cache.invalidate([cache_keys.cabinet_tag(record.id)])
    audit.note(key_id=admin.key_id, action="update", resource=NAME, record_id=record_id, fields=sorted(changes))
    return _stored(row)


@router.delete("/{record_id}", **dialect.described_record(CabinetRecord, EXAMPLE, 404))
async def disconnect_any_cabinet(admin: Admin, parts: UsedParts, record_id: RecordId) -> CabinetRecord:
    """Disconnect a cabinet: every service forgets its data. It cannot be undone."""
    async with parts.database.transaction() as connection:
        row = await CABINETS.find(connection, record_id, to_change=True)
        if row is None:
            raise dialect.not_found(NAME)
        record = _shown(row)
        members = await cabinets.disconnect(connection, owner=record.owner_telegram_id, cabinet_id=record.id)
    tags = [cache_keys.cabinet_tag(record.id), *map(cache_keys.members_tag, members or ())]
    await parts.cache.invalidate(tags)
    audit.note(key_id=admin.key_id, action="delete", resource=NAME, record_id=record_id)
    return record


def _shown(row: RowMapping) -> CabinetRecord:
    return CabinetRecord.model_validate({**row, "id": row["cabinet_id"]})


def _stored(row: RowMapping | None) -> CabinetRecord:
    if row is None:
        raise LookupError("a cabinet just stored is not there")
    return _shown(row)
