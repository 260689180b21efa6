from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SalesFigures")


@_attrs_define
class SalesFigures:
    """What a period came to.. Null: not counted of this group."""

    orders: int
    orders_sum: str
    cancelled: int | None
    cancelled_sum: None | str
    bought: int | None
    """ of these orders, and not given back since """
    returned: int | None
    """ of these orders """
    open_: int | None
    """ of these orders, still on their way """
    sales: int | None
    """ on these days, whenever they were ordered """
    sales_sum: None | str
    for_pay: None | str
    """ to be paid for the sales, preliminary """
    returns: int | None
    """ on these days, whenever they were ordered """
    returns_sum: None | str
    """ positive """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        orders = self.orders

        orders_sum = self.orders_sum

        cancelled: int | None
        cancelled = self.cancelled

        cancelled_sum: None | str
        cancelled_sum = self.cancelled_sum

        bought: int | None
        bought = self.bought

        returned: int | None
        returned = self.returned

        open_: int | None
        open_ = self.open_

        sales: int | None
        sales = self.sales

        sales_sum: None | str
        sales_sum = self.sales_sum

        for_pay: None | str
        for_pay = self.for_pay

        returns: int | None
        returns = self.returns

        returns_sum: None | str
        returns_sum = self.returns_sum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "orders": orders,
                "orders_sum": orders_sum,
                "cancelled": cancelled,
                "cancelled_sum": cancelled_sum,
                "bought": bought,
                "returned": returned,
                "open": open_,
                "sales": sales,
                "sales_sum": sales_sum,
                "for_pay": for_pay,
                "returns": returns,
                "returns_sum": returns_sum,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        def _parse_cancelled(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        cancelled = _parse_cancelled(d.pop("cancelled"))

        def _parse_cancelled_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancelled_sum = _parse_cancelled_sum(d.pop("cancelled_sum"))

        def _parse_bought(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        bought = _parse_bought(d.pop("bought"))

        def _parse_returned(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        returned = _parse_returned(d.pop("returned"))

        def _parse_open_(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        open_ = _parse_open_(d.pop("open"))

        def _parse_sales(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        sales = _parse_sales(d.pop("sales"))

        def _parse_sales_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sales_sum = _parse_sales_sum(d.pop("sales_sum"))

        def _parse_for_pay(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        for_pay = _parse_for_pay(d.pop("for_pay"))

        def _parse_returns(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        returns = _parse_returns(d.pop("returns"))

        def _parse_returns_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        returns_sum = _parse_returns_sum(d.pop("returns_sum"))

        sales_figures = cls(
            orders=orders,
            orders_sum=orders_sum,
            cancelled=cancelled,
            cancelled_sum=cancelled_sum,
            bought=bought,
            returned=returned,
            open_=open_,
            sales=sales,
            sales_sum=sales_sum,
            for_pay=for_pay,
            returns=returns,
            returns_sum=returns_sum,
        )

        sales_figures.additional_properties = d
        return sales_figures

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
