from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.sales_before import SalesBefore


T = TypeVar("T", bound="SalesPeriod")


@_attrs_define
class SalesPeriod:
    """Pieces and money of a period: orders by their day, sales and returns by their own."""

    period_days: int
    currency: str
    """ ISO 4217 code of three letters """
    orders: int
    orders_sum: str
    cancelled: int
    """ of these orders """
    cancelled_sum: str
    sales: int
    sales_sum: str
    returns: int
    returns_sum: str
    """ positive """
    previous: SalesBefore
    """ Pieces and money of the period of equal length before. """
    orders_change: None | str
    """ of the pieces, to the period before; null: it had none """
    sales_change: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        currency = self.currency

        orders = self.orders

        orders_sum = self.orders_sum

        cancelled = self.cancelled

        cancelled_sum = self.cancelled_sum

        sales = self.sales

        sales_sum = self.sales_sum

        returns = self.returns

        returns_sum = self.returns_sum

        previous = self.previous.to_dict()

        orders_change: None | str
        orders_change = self.orders_change

        sales_change: None | str
        sales_change = self.sales_change

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "currency": currency,
                "orders": orders,
                "orders_sum": orders_sum,
                "cancelled": cancelled,
                "cancelled_sum": cancelled_sum,
                "sales": sales,
                "sales_sum": sales_sum,
                "returns": returns,
                "returns_sum": returns_sum,
                "previous": previous,
                "orders_change": orders_change,
                "sales_change": sales_change,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sales_before import SalesBefore  # noqa: PLC0415

        d = dict(src_dict)
        period_days = d.pop("period_days")

        currency = d.pop("currency")

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        cancelled = d.pop("cancelled")

        cancelled_sum = d.pop("cancelled_sum")

        sales = d.pop("sales")

        sales_sum = d.pop("sales_sum")

        returns = d.pop("returns")

        returns_sum = d.pop("returns_sum")

        previous = SalesBefore.from_dict(d.pop("previous"))

        def _parse_orders_change(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders_change = _parse_orders_change(d.pop("orders_change"))

        def _parse_sales_change(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sales_change = _parse_sales_change(d.pop("sales_change"))

        sales_period = cls(
            period_days=period_days,
            currency=currency,
            orders=orders,
            orders_sum=orders_sum,
            cancelled=cancelled,
            cancelled_sum=cancelled_sum,
            sales=sales,
            sales_sum=sales_sum,
            returns=returns,
            returns_sum=returns_sum,
            previous=previous,
            orders_change=orders_change,
            sales_change=sales_change,
        )

        sales_period.additional_properties = d
        return sales_period

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
