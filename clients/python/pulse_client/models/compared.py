from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Compared")


@_attrs_define
class Compared:
    """Pieces and their sum at the seller's prices, against the period before."""

    count: int
    sum_: str
    previous_count: int
    previous_sum: str
    change: None | str
    """ of the sum; null: there was none before """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        sum_ = self.sum_

        previous_count = self.previous_count

        previous_sum = self.previous_sum

        change: None | str
        change = self.change

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "sum": sum_,
                "previous_count": previous_count,
                "previous_sum": previous_sum,
                "change": change,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        sum_ = d.pop("sum")

        previous_count = d.pop("previous_count")

        previous_sum = d.pop("previous_sum")

        def _parse_change(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        change = _parse_change(d.pop("change"))

        compared = cls(
            count=count,
            sum_=sum_,
            previous_count=previous_count,
            previous_sum=previous_sum,
            change=change,
        )

        compared.additional_properties = d
        return compared

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
