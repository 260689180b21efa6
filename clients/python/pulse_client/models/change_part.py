from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.change_part_cause import ChangePartCause, check_change_part_cause

if TYPE_CHECKING:
    from ..models.cause_item import CauseItem


T = TypeVar("T", bound="ChangePart")


@_attrs_define
class ChangePart:
    """What one cause did to the sum of orders."""

    cause: ChangePartCause
    orders: str
    """ pieces, two decimals; 0 where prices changed """
    orders_sum: str
    items: list[CauseItem]
    """ those with the largest parts, first """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cause: str = self.cause

        orders = self.orders

        orders_sum = self.orders_sum

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cause": cause,
                "orders": orders,
                "orders_sum": orders_sum,
                "items": items,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cause_item import CauseItem  # noqa: PLC0415

        d = dict(src_dict)
        cause = check_change_part_cause(d.pop("cause"))

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = CauseItem.from_dict(items_item_data)

            items.append(items_item)

        change_part = cls(
            cause=cause,
            orders=orders,
            orders_sum=orders_sum,
            items=items,
        )

        change_part.additional_properties = d
        return change_part

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
