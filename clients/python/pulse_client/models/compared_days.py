from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ComparedDays")


@_attrs_define
class ComparedDays:
    """Days, all included, and as many before."""

    days: int
    first_day: datetime.date
    last_day: datetime.date
    previous_first_day: datetime.date
    previous_last_day: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        days = self.days

        first_day = self.first_day.isoformat()

        last_day = self.last_day.isoformat()

        previous_first_day = self.previous_first_day.isoformat()

        previous_last_day = self.previous_last_day.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "days": days,
                "first_day": first_day,
                "last_day": last_day,
                "previous_first_day": previous_first_day,
                "previous_last_day": previous_last_day,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        days = d.pop("days")

        first_day = datetime.date.fromisoformat(d.pop("first_day"))

        last_day = datetime.date.fromisoformat(d.pop("last_day"))

        previous_first_day = datetime.date.fromisoformat(d.pop("previous_first_day"))

        previous_last_day = datetime.date.fromisoformat(d.pop("previous_last_day"))

        compared_days = cls(
            days=days,
            first_day=first_day,
            last_day=last_day,
            previous_first_day=previous_first_day,
            previous_last_day=previous_last_day,
        )

        compared_days.additional_properties = d
        return compared_days

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
