"""`/admin/users`: Telegram users."""

from contracts.model import Model, Moment
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import RowMapping

from gateway.admin import audit, users
from gateway.admin.listings import USERS
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import Note, RecordId, TelegramId, Version
from gateway.api.admin.reading import answer_list, answer_one
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem

router = APIRouter(prefix="/admin/users", tags=["admin"])

NAME = "users"
WRITABLE = ("note",)


class UserRecord(Model):
    """A Telegram user."""

    id: int = Field(description="of Telegram")
    created_at: Moment
    note: str = Field(description="an administrator's; the user does not see it")
    version: Version


class NewUser(BaseModel):
    """A user who is entered before he connects anything."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"id": 1234567, "note": "asked for a demo"}]}
    )

    id: TelegramId
    note: Note = ""


class UserChanges(BaseModel):
    """The whole record, or only what changes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"note": "pays by invoice"}]}
    )

    id: int | None = None
    created_at: Moment | None = None
    note: Note = ""
    version: Version | None = None


EXAMPLE = {"id": 1234567, "created_at": "2026-11-20T11:02:00Z", "note": "asked for a demo", "version": 7710}


@router.get("", **dialect.described_list(UserRecord, EXAMPLE))
async def list_users(_: Admin, parts: UsedParts, query: UsedQuery) -> Response:
    """Users, the newest first. Sorted by `created_at` or `id`; filtered by `id`."""
    return await answer_list(parts, query, USERS, NAME, _shown)


@router.get("/{record_id}", **dialect.described_record(UserRecord, EXAMPLE, 404))
async def get_user(_: Admin, parts: UsedParts, record_id: RecordId) -> UserRecord:
    """One user."""
    return await answer_one(parts, record_id, USERS, NAME, _shown)


@router.post("", **dialect.described_record(UserRecord, EXAMPLE, 409, success=201))
async def create_user(admin: Admin, parts: UsedParts, body: NewUser) -> UserRecord:
    """Enter a user, by the Telegram id."""
    async with parts.database.transaction() as connection:
        if not await users.add(connection, body.id, body.note):
            raise Problem(409, "user_exists", "There is a user with this id already.")
        row = await USERS.find(connection, str(body.id))
    audit.note(key_id=admin.key_id, action="create", resource=NAME, record_id=body.id)
    return _stored(row)


@router.put("/{record_id}", **dialect.described_record(UserRecord, EXAMPLE, 404, 409))
async def update_user(admin: Admin, parts: UsedParts, record_id: RecordId, body: UserChanges) -> UserRecord:
    """Change the note. 422 `version_missing`: a whole record is stored with its version; `field_not_writable`: only the
    note can be changed."""
    async with parts.database.transaction() as connection:
        row = await USERS.find(connection, record_id, to_change=True)
        if row is None:
            raise dialect.not_found(NAME)
        changes = dialect.changes(body, _shown(row), writable=WRITABLE)
        if changes:
            await users.change_note(connection, row["telegram_id"], changes["note"])
        row = await USERS.find(connection, record_id)
    audit.note(key_id=admin.key_id, action="update", resource=NAME, record_id=record_id, fields=sorted(changes))
    return _stored(row)


@router.delete("/{record_id}", **dialect.described_record(UserRecord, EXAMPLE, 404, 409))
async def delete_user(admin: Admin, parts: UsedParts, record_id: RecordId) -> UserRecord:
    """Remove a user to whom nothing belongs; `user_in_use` where a cabinet, a membership or a key does."""
    try:
        async with parts.database.transaction() as connection:
            row = await USERS.find(connection, record_id, to_change=True)
            if row is None:
                raise dialect.not_found(NAME)
            await users.remove(connection, row["telegram_id"])
    except users.InUse:
        raise Problem(409, "user_in_use", "Cabinets, memberships or keys belong to this user.") from None
    audit.note(key_id=admin.key_id, action="delete", resource=NAME, record_id=record_id)
    return _shown(row)


def _shown(row: RowMapping) -> UserRecord:
    return UserRecord.model_validate({**row, "id": row["telegram_id"]})


def _stored(row: RowMapping | None) -> UserRecord:
    if row is None:
        raise LookupError("a user just stored is not there")
    return _shown(row)
