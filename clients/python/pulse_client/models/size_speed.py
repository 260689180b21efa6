from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SizeSpeed")


@_attrs_define
class SizeSpeed:
    """The same of one size."""

    period_days: int
    orders: str
    """ pieces a day, four decimals """
    sales: str
    """ pieces a day, four decimals """
    days_in_stock: int | None
    """ null: nothing is known of the stock in the period """
    orders_in_stock: None | str
    """ null: unknown, or no day in stock """
    chrt_id: int
    sales_in_stock: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        orders = self.orders

        sales = self.sales

        days_in_stock: int | None
        days_in_stock = self.days_in_stock

        orders_in_stock: None | str
        orders_in_stock = self.orders_in_stock

        chrt_id = self.chrt_id

        sales_in_stock: None | str | Unset
        if isinstance(self.sales_in_stock, Unset):
            sales_in_stock = UNSET
        else:
            sales_in_stock = self.sales_in_stock

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "orders": orders,
                "sales": sales,
                "days_in_stock": days_in_stock,
                "orders_in_stock": orders_in_stock,
                "chrt_id": chrt_id,
            }
        )
        if sales_in_stock is not UNSET:
            field_dict["sales_in_stock"] = sales_in_stock

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period_days = d.pop("period_days")

        orders = d.pop("orders")

        sales = d.pop("sales")

        def _parse_days_in_stock(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        days_in_stock = _parse_days_in_stock(d.pop("days_in_stock"))

        def _parse_orders_in_stock(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders_in_stock = _parse_orders_in_stock(d.pop("orders_in_stock"))

        chrt_id = d.pop("chrt_id")

        def _parse_sales_in_stock(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sales_in_stock = _parse_sales_in_stock(d.pop("sales_in_stock", UNSET))

        size_speed = cls(
            period_days=period_days,
            orders=orders,
            sales=sales,
            days_in_stock=days_in_stock,
            orders_in_stock=orders_in_stock,
            chrt_id=chrt_id,
            sales_in_stock=sales_in_stock,
        )

        size_speed.additional_properties = d
        return size_speed

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
