from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ComparedDay")


@_attrs_define
class ComparedDay:
    """A day of Moscow, as it was when it was read again."""

    day: datetime.date
    rows: int
    hash_: str
    """ of the rows' contents, whatever their order: equal where they are """
    asked_at: datetime.datetime
    """ when it was read and compared last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        rows = self.rows

        hash_ = self.hash_

        asked_at = self.asked_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "rows": rows,
                "hash": hash_,
                "asked_at": asked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        rows = d.pop("rows")

        hash_ = d.pop("hash")

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        compared_day = cls(
            day=day,
            rows=rows,
            hash_=hash_,
            asked_at=asked_at,
        )

        compared_day.additional_properties = d
        return compared_day

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
