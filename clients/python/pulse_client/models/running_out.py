from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="RunningOut")


@_attrs_define
class RunningOut:
    """A size, or an item without known sizes, that lasts for less than 7 days."""

    nm_id: int
    """ WB article (nmID) """
    days_left: str
    title: None | str | Unset = UNSET
    """ of its card; null: no card is known """
    vendor_code: None | str | Unset = UNSET
    chrt_id: int | None | Unset = UNSET
    tech_size: None | str | Unset = UNSET
    runs_out_on: datetime.date | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        days_left = self.days_left

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        vendor_code: None | str | Unset
        if isinstance(self.vendor_code, Unset):
            vendor_code = UNSET
        else:
            vendor_code = self.vendor_code

        chrt_id: int | None | Unset
        if isinstance(self.chrt_id, Unset):
            chrt_id = UNSET
        else:
            chrt_id = self.chrt_id

        tech_size: None | str | Unset
        if isinstance(self.tech_size, Unset):
            tech_size = UNSET
        else:
            tech_size = self.tech_size

        runs_out_on: None | str | Unset
        if isinstance(self.runs_out_on, Unset):
            runs_out_on = UNSET
        elif isinstance(self.runs_out_on, datetime.date):
            runs_out_on = self.runs_out_on.isoformat()
        else:
            runs_out_on = self.runs_out_on

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nm_id": nm_id,
                "days_left": days_left,
            }
        )
        if title is not UNSET:
            field_dict["title"] = title
        if vendor_code is not UNSET:
            field_dict["vendor_code"] = vendor_code
        if chrt_id is not UNSET:
            field_dict["chrt_id"] = chrt_id
        if tech_size is not UNSET:
            field_dict["tech_size"] = tech_size
        if runs_out_on is not UNSET:
            field_dict["runs_out_on"] = runs_out_on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        days_left = d.pop("days_left")

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_vendor_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        vendor_code = _parse_vendor_code(d.pop("vendor_code", UNSET))

        def _parse_chrt_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        chrt_id = _parse_chrt_id(d.pop("chrt_id", UNSET))

        def _parse_tech_size(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tech_size = _parse_tech_size(d.pop("tech_size", UNSET))

        def _parse_runs_out_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                runs_out_on_type_0 = datetime.date.fromisoformat(data)

                return runs_out_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        runs_out_on = _parse_runs_out_on(d.pop("runs_out_on", UNSET))

        running_out = cls(
            nm_id=nm_id,
            days_left=days_left,
            title=title,
            vendor_code=vendor_code,
            chrt_id=chrt_id,
            tech_size=tech_size,
            runs_out_on=runs_out_on,
        )

        running_out.additional_properties = d
        return running_out

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
