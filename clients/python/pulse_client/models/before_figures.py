from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BeforeFigures")


@_attrs_define
class BeforeFigures:
    """What as many days before came to."""

    orders: int
    orders_sum: str
    cancelled: int
    sales: int
    sales_sum: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        orders = self.orders

        orders_sum = self.orders_sum

        cancelled = self.cancelled

        sales = self.sales

        sales_sum = self.sales_sum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "orders": orders,
                "orders_sum": orders_sum,
                "cancelled": cancelled,
                "sales": sales,
                "sales_sum": sales_sum,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        cancelled = d.pop("cancelled")

        sales = d.pop("sales")

        sales_sum = d.pop("sales_sum")

        before_figures = cls(
            orders=orders,
            orders_sum=orders_sum,
            cancelled=cancelled,
            sales=sales,
            sales_sum=sales_sum,
        )

        before_figures.additional_properties = d
        return before_figures

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
