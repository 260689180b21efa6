from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.backfill import Backfill
    from ..models.resource_status import ResourceStatus
    from ..models.run import Run


T = TypeVar("T", bound="SyncStatus")


@_attrs_define
class SyncStatus:
    """How fresh a cabinet's data is, the syncs that were asked for, newest first, and what is read of its past."""

    cabinet_id: UUID
    resources: list[ResourceStatus]
    runs: list[Run]
    backfills: list[Backfill]
    """ the first import of what is older than news, and backfills, until an hour after their end """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        resources = []
        for resources_item_data in self.resources:
            resources_item = resources_item_data.to_dict()
            resources.append(resources_item)

        runs = []
        for runs_item_data in self.runs:
            runs_item = runs_item_data.to_dict()
            runs.append(runs_item)

        backfills = []
        for backfills_item_data in self.backfills:
            backfills_item = backfills_item_data.to_dict()
            backfills.append(backfills_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "resources": resources,
                "runs": runs,
                "backfills": backfills,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.backfill import Backfill  # noqa: PLC0415
        from ..models.resource_status import ResourceStatus  # noqa: PLC0415
        from ..models.run import Run  # noqa: PLC0415

        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        resources = []
        _resources = d.pop("resources")
        for resources_item_data in _resources:
            resources_item = ResourceStatus.from_dict(resources_item_data)

            resources.append(resources_item)

        runs = []
        _runs = d.pop("runs")
        for runs_item_data in _runs:
            runs_item = Run.from_dict(runs_item_data)

            runs.append(runs_item)

        backfills = []
        _backfills = d.pop("backfills")
        for backfills_item_data in _backfills:
            backfills_item = Backfill.from_dict(backfills_item_data)

            backfills.append(backfills_item)

        sync_status = cls(
            cabinet_id=cabinet_id,
            resources=resources,
            runs=runs,
            backfills=backfills,
        )

        sync_status.additional_properties = d
        return sync_status

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
