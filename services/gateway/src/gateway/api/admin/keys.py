"""`/admin/keys`: API keys, of which only the first characters are known once they are made."""

from typing import Annotated, Literal, Self
from uuid import UUID

from contracts.model import Model, Moment
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator
from sqlalchemy import RowMapping

from gateway import keys, noting
from gateway.admin import audit
from gateway.admin.listings import KEYS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import BoundedMoment, Name, RecordId, TelegramId, Version
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/keys", tags=["admin"])

NAME = "keys"
WRITABLE = ("name", "expires_at")

KeyScope = Literal["read", "write", "admin"]
OF_USERS = {"read", "write"}


class KeyRecord(Model):
    """An API key, without what could be used as one."""

    id: UUID
    prefix: str = Field(description="its first characters, to recognise it by")
    name: str = Field(description="what it is for")
    telegram_id: int | None = Field(
        description="the user it acts for; null: whom X-Telegram-User-Id names, or nobody, if its scope is admin alone"
    )
    scopes: tuple[KeyScope, ...]
    created_at: Moment
    expires_at: Moment | None = Field(description="null: never")
    revoked_at: Moment | None
    last_used_at: Moment | None = Field(description="to the hour")
    version: Version


class MadeKey(KeyRecord):
    """A key that was just made."""

    key: str = Field(description="the key itself; it cannot be shown again")


class NewKey(BaseModel):
    """For whom a key is, and what it may do."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"name": "the bot", "telegram_id": 1234567, "scopes": ["read"]}]},
    )

    name: Name = ""
    telegram_id: TelegramId | None = None
    any_user: StrictBool = Field(default=False, description="acts for whom X-Telegram-User-Id names")
    scopes: Annotated[
        frozenset[KeyScope], Field(min_length=1, json_schema_extra=lambda schema: schema.pop("uniqueItems"))
    ] = frozenset({"read", "write"})
    expires_at: BoundedMoment | None = None

    @model_validator(mode="after")
    def _acts_for_somebody_or_nobody(self) -> Self:
        if self.scopes & OF_USERS:
            if (self.telegram_id is None) != self.any_user:
                raise Problem(422, "key_user_refused", "Give either telegram_id or any_user.")
        elif self.any_user or self.telegram_id is not None:
            detail = "A key with the scope admin alone acts for nobody: it takes no user."
            raise Problem(422, "key_user_refused", detail)
        return self


class KeyChanges(BaseModel):
    """The whole record, or only what changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"name": "the old bot"}]})

    id: UUID | None = None
    prefix: str | None = None
    name: Name = ""
    telegram_id: int | None = None
    scopes: tuple[KeyScope, ...] | None = None
    created_at: Moment | None = None
    expires_at: BoundedMoment | None = None
    revoked_at: Moment | None = None
    last_used_at: Moment | None = None
    version: Version | None = None


EXAMPLE = {
    "id": "01990c3e-5c1a-7b3e-8f5e-0d1f5a3b7c11",
    "prefix": "pulse_Q3xw1z",
    "name": "the bot",
    "telegram_id": 1234567,
    "scopes": ["read"],
    "created_at": "2026-11-20T11:02:00Z",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": "2026-11-21T08:00:00Z",
    "version": 7710,
}


@router.get("", **dialect.described_list(KeyRecord, EXAMPLE))
async def list_keys(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Keys, the newest first; those that ended stay. Sorted by `id`, which is by age; filtered by `telegram_id` or
    `id`."""
    return await answer_list(parts, query, KEYS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(KeyRecord, EXAMPLE, 404))
async def get_key(_: Admin, parts: UsedParts, record_id: RecordId) -> KeyRecord:
    """One key."""
    return await answer_one(parts, record_id, KEYS, NAME, _shown)


@router.post(
    "", **dialect.described_record(MadeKey, {**EXAMPLE, "key": "pulse_Q3xw1z…", "last_used_at": None}, success=201)
)
async def create_key(admin: Admin, parts: UsedParts, body: NewKey) -> MadeKey:
    """Make a key. The answer has it in `key`, once. 422 `key_user_refused`: it is for nobody, or a key that acts for
    nobody is for somebody."""
    async with parts.database.transaction() as connection:
        key_id, key = await keys.create(
            connection,
            name=body.name,
            telegram_id=body.telegram_id,
            scopes=body.scopes,
            expires_at=body.expires_at,
        )
        noting.done_to(record_id=key_id)
        row = await KEYS.find(connection, str(key_id))
    audit.note(
        key_id=admin.key_id,
        action="create",
        resource=NAME,
        record_id=key_id,
        scopes=sorted(body.scopes),
        telegram_id=body.telegram_id,
    )
    return MadeKey.model_validate({**vars(_stored(row)), "key": key})


@router.put("/{record_id}", **dialect.described_record(KeyRecord, EXAMPLE, 404, 409))
async def update_key(admin: Admin, parts: UsedParts, record_id: RecordId, body: KeyChanges) -> KeyRecord:
    """Rename a key, or let it end at another time. It ends for good by `DELETE`. 422 `version_missing`: a whole record
    is stored with its version; `field_not_writable`: only these two can be changed."""
    tag = None
    async with parts.database.transaction() as connection:
        row = await KEYS.find(connection, record_id, to_change=True)
        if row is None:
            raise dialect.not_found(NAME)
        record = _shown(row)
        changes = dialect.changes(body, record, writable=WRITABLE)
        if changes:
            wanted = {"name": record.name, "expires_at": record.expires_at, **changes}
            tag = await keys.change(connection, record.id, **wanted)
        row = await KEYS.find(connection, record_id)
    if tag is not None:
        await parts.cache.invalidate([tag])
    audit.note(key_id=admin.key_id, action="update", resource=NAME, record_id=record_id, fields=sorted(changes))
    return _stored(row)


@router.delete("/{record_id}", **dialect.described_record(KeyRecord, EXAMPLE, 404))
async def revoke_key(admin: Admin, parts: UsedParts, record_id: RecordId) -> KeyRecord:
    """End a key at once. It stays on record, with the time of its end."""
    async with parts.database.transaction() as connection:
        row = await KEYS.find(connection, record_id, to_change=True)
        if row is None:
            raise dialect.not_found(NAME)
        tag = await keys.revoke(connection, row["key_id"])
        row = await KEYS.find(connection, record_id)
    if tag is not None:
        await parts.cache.invalidate([tag])
    audit.note(key_id=admin.key_id, action="delete", resource=NAME, record_id=record_id)
    return _stored(row)


def _shown(row: RowMapping) -> KeyRecord:
    return KeyRecord.model_validate({**row, "id": row["key_id"]})


def _stored(row: RowMapping | None) -> KeyRecord:
    if row is None:
        raise LookupError("a key just stored is not there")
    return _shown(row)
