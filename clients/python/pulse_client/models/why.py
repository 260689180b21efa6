from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.change_part import ChangePart


T = TypeVar("T", bound="Why")


@_attrs_define
class Why:
    """What changed against the period before and why: the parts add up to the whole, to the last digit."""

    orders: int
    orders_sum: str
    parts: list[ChangePart]
    """ the largest first; a cause that did nothing is left out """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        orders = self.orders

        orders_sum = self.orders_sum

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "orders": orders,
                "orders_sum": orders_sum,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.change_part import ChangePart  # noqa: PLC0415

        d = dict(src_dict)
        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = ChangePart.from_dict(parts_item_data)

            parts.append(parts_item)

        why = cls(
            orders=orders,
            orders_sum=orders_sum,
            parts=parts,
        )

        why.additional_properties = d
        return why

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
