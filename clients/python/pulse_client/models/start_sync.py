from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..models.start_sync_resources_item import (
    StartSyncResourcesItem,
    check_start_sync_resources_item,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="StartSync")


@_attrs_define
class StartSync:
    """What to sync."""

    cabinet_id: UUID
    resources: list[StartSyncResourcesItem] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        resources: list[str] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = []
            for resources_item_data in self.resources:
                resources_item: str = resources_item_data
                resources.append(resources_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cabinet_id": cabinet_id,
            }
        )
        if resources is not UNSET:
            field_dict["resources"] = resources

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        _resources = d.pop("resources", UNSET)
        resources: list[StartSyncResourcesItem] | Unset = UNSET
        if _resources is not UNSET:
            resources = []
            for resources_item_data in _resources:
                resources_item = check_start_sync_resources_item(resources_item_data)

                resources.append(resources_item)

        start_sync = cls(
            cabinet_id=cabinet_id,
            resources=resources,
        )

        return start_sync
