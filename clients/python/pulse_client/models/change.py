from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Change")


@_attrs_define
class Change:
    """Against the period before, %; null: there was nothing before."""

    orders: None | str
    orders_sum: None | str
    sales: None | str
    sales_sum: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        orders: None | str
        orders = self.orders

        orders_sum: None | str
        orders_sum = self.orders_sum

        sales: None | str
        sales = self.sales

        sales_sum: None | str
        sales_sum = self.sales_sum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "orders": orders,
                "orders_sum": orders_sum,
                "sales": sales,
                "sales_sum": sales_sum,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_orders(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders = _parse_orders(d.pop("orders"))

        def _parse_orders_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders_sum = _parse_orders_sum(d.pop("orders_sum"))

        def _parse_sales(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sales = _parse_sales(d.pop("sales"))

        def _parse_sales_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sales_sum = _parse_sales_sum(d.pop("sales_sum"))

        change = cls(
            orders=orders,
            orders_sum=orders_sum,
            sales=sales,
            sales_sum=sales_sum,
        )

        change.additional_properties = d
        return change

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
