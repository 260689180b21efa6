from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.run_resource_status import RunResourceStatus, check_run_resource_status

T = TypeVar("T", bound="RunResource")


@_attrs_define
class RunResource:
    """One resource of a requested sync."""

    resource: str
    status: RunResourceStatus
    started_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    rows_new: int | None
    rows_changed: int | None
    rows_same: int | None
    rows_quarantined: int | None
    reason: None | str
    """ why it failed; what fails is tried again by itself """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource = self.resource

        status: str = self.status

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        rows_new: int | None
        rows_new = self.rows_new

        rows_changed: int | None
        rows_changed = self.rows_changed

        rows_same: int | None
        rows_same = self.rows_same

        rows_quarantined: int | None
        rows_quarantined = self.rows_quarantined

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource": resource,
                "status": status,
                "started_at": started_at,
                "finished_at": finished_at,
                "rows_new": rows_new,
                "rows_changed": rows_changed,
                "rows_same": rows_same,
                "rows_quarantined": rows_quarantined,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        resource = d.pop("resource")

        status = check_run_resource_status(d.pop("status"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

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

        def _parse_rows_new(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows_new = _parse_rows_new(d.pop("rows_new"))

        def _parse_rows_changed(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows_changed = _parse_rows_changed(d.pop("rows_changed"))

        def _parse_rows_same(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows_same = _parse_rows_same(d.pop("rows_same"))

        def _parse_rows_quarantined(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows_quarantined = _parse_rows_quarantined(d.pop("rows_quarantined"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        run_resource = cls(
            resource=resource,
            status=status,
            started_at=started_at,
            finished_at=finished_at,
            rows_new=rows_new,
            rows_changed=rows_changed,
            rows_same=rows_same,
            rows_quarantined=rows_quarantined,
            reason=reason,
        )

        run_resource.additional_properties = d
        return run_resource

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
