from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sync_record_status import SyncRecordStatus, check_sync_record_status

if TYPE_CHECKING:
    from ..models.run_resource import RunResource


T = TypeVar("T", bound="SyncRecord")


@_attrs_define
class SyncRecord:
    """A sync of a cabinet that somebody asked for, as it stands."""

    id: UUID
    """ `sync_id` of the events, and of `GET /api/v1/sync/status` """
    cabinet_id: UUID
    requested_by: str
    """ `key …` of an administrator, or `user …` of Telegram """
    requested_at: datetime.datetime
    status: SyncRecordStatus
    percent: int
    """ of its resources, those that ended """
    finished_at: datetime.datetime | None
    """ when its last resource ended, or it was given up; null: unfinished """
    resources: list[RunResource]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        cabinet_id = str(self.cabinet_id)

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        status: str = self.status

        percent = self.percent

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        resources = []
        for resources_item_data in self.resources:
            resources_item = resources_item_data.to_dict()
            resources.append(resources_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "cabinet_id": cabinet_id,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "status": status,
                "percent": percent,
                "finished_at": finished_at,
                "resources": resources,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.run_resource import RunResource  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        status = check_sync_record_status(d.pop("status"))

        percent = d.pop("percent")

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        resources = []
        _resources = d.pop("resources")
        for resources_item_data in _resources:
            resources_item = RunResource.from_dict(resources_item_data)

            resources.append(resources_item)

        sync_record = cls(
            id=id,
            cabinet_id=cabinet_id,
            requested_by=requested_by,
            requested_at=requested_at,
            status=status,
            percent=percent,
            finished_at=finished_at,
            resources=resources,
        )

        sync_record.additional_properties = d
        return sync_record

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
