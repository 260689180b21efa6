"""`/admin/configuration`: the settings that this gateway runs with."""

from collections.abc import Sequence

from contracts.model import Model
from fastapi import APIRouter, Response
from pydantic import Field

from gateway.admin.configuration import Setting
from gateway.admin.listing import ID, Asked, QueryRefused
from gateway.api.admin import dialect
from gateway.api.admin.access import Admin
from gateway.api.admin.dialect import UsedQuery
from gateway.api.admin.fields import RecordId
from gateway.api.admin.operations import UsedOperations

router = APIRouter(prefix="/admin/configuration", tags=["admin"])

NAME = "configuration"


class SettingRecord(Model):
    """A setting. What is secret is not shown, only whether it is set."""

    id: str = Field(description="the environment variable")
    value: str | None = Field(description="null: not set, or secret")
    is_set: bool
    is_secret: bool
    is_default: bool
    description: str


EXAMPLE = {
    "id": "SYNC_KEEP_DAYS",
    "value": "100",
    "is_set": True,
    "is_secret": False,
    "is_default": True,
    "description": "how long requested syncs can be asked about",
}


@router.get("", **dialect.described_list(SettingRecord, EXAMPLE))
async def list_configuration(_: Admin, operations: UsedOperations, query: UsedQuery) -> Response:
    """Settings, by name. Sorted and filtered by `id`. They are read when the gateway starts, and not changed here."""
    asked = query.read()
    try:
        found = _chosen(operations.configuration, asked)
    except QueryRefused as error:
        raise dialect.refused(error) from None
    page = [_shown(setting) for setting in found[asked.first : asked.last + 1]]
    return dialect.listed(NAME, page, asked, len(found))


@router.get("/{record_id}", **dialect.described_record(SettingRecord, EXAMPLE, 404))
async def get_setting(_: Admin, operations: UsedOperations, record_id: RecordId) -> SettingRecord:
    """One setting."""
    for setting in operations.configuration:
        if setting.name == record_id:
            return _shown(setting)
    raise dialect.not_found(NAME)


def _chosen(settings: Sequence[Setting], asked: Asked) -> list[Setting]:
    name, is_descending = asked.sort or (ID, False)
    if name != ID:
        raise QueryRefused("sort_unknown", "This list is sorted by id.")
    if set(asked.filters) - {ID}:
        raise QueryRefused("filter_unknown", "This list is filtered by id.")
    wanted = asked.filters.get(ID, [setting.name for setting in settings])
    names = wanted if isinstance(wanted, list) else [wanted]
    chosen = [setting for setting in settings if setting.name in names]
    return sorted(chosen, key=lambda setting: setting.name, reverse=is_descending)


def _shown(setting: Setting) -> SettingRecord:
    return SettingRecord.model_validate({**vars(setting), "id": setting.name})
