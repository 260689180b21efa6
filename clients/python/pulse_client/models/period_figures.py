from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PeriodFigures")


@_attrs_define
class PeriodFigures:
    """Orders and sales of one product (or of the whole cabinet: nm_id 0) in one currency and one period.

    `bought`, `returned` and `open` say what became of the orders of the period; `sales` and `returns` are those of its
    days, whenever they were ordered. Null: not counted by the service that told of it.

    """

    nm_id: int
    period_days: int
    period_end: datetime.date
    orders: int
    orders_sum: str
    cancelled: int
    cancelled_sum: str
    currency: str | Unset = "RUB"
    """ ISO 4217 code of three letters """
    bought: int | None | Unset = UNSET
    """ and not given back since """
    returned: int | None | Unset = UNSET
    """ bought, and given back """
    open_: int | None | Unset = UNSET
    """ still on their way """
    sales: int | None | Unset = UNSET
    sales_sum: None | str | Unset = UNSET
    """ sum of the seller's prices """
    for_pay: None | str | Unset = UNSET
    """ to be paid for the sales, preliminary """
    returns: int | None | Unset = UNSET
    returns_sum: None | str | Unset = UNSET
    """ of the returns, positive """
    returns_for_pay: None | str | Unset = UNSET
    """ taken back for the returns, positive """
    previous_orders: int | None | Unset = UNSET
    """ of as many days before """
    previous_orders_sum: None | str | Unset = UNSET
    previous_cancelled: int | None | Unset = UNSET
    previous_sales: int | None | Unset = UNSET
    previous_sales_sum: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        period_days = self.period_days

        period_end = self.period_end.isoformat()

        orders = self.orders

        orders_sum = self.orders_sum

        cancelled = self.cancelled

        cancelled_sum = self.cancelled_sum

        currency = self.currency

        bought: int | None | Unset
        if isinstance(self.bought, Unset):
            bought = UNSET
        else:
            bought = self.bought

        returned: int | None | Unset
        if isinstance(self.returned, Unset):
            returned = UNSET
        else:
            returned = self.returned

        open_: int | None | Unset
        if isinstance(self.open_, Unset):
            open_ = UNSET
        else:
            open_ = self.open_

        sales: int | None | Unset
        if isinstance(self.sales, Unset):
            sales = UNSET
        else:
            sales = self.sales

        sales_sum: None | str | Unset
        if isinstance(self.sales_sum, Unset):
            sales_sum = UNSET
        else:
            sales_sum = self.sales_sum

        for_pay: None | str | Unset
        if isinstance(self.for_pay, Unset):
            for_pay = UNSET
        else:
            for_pay = self.for_pay

        returns: int | None | Unset
        if isinstance(self.returns, Unset):
            returns = UNSET
        else:
            returns = self.returns

        returns_sum: None | str | Unset
        if isinstance(self.returns_sum, Unset):
            returns_sum = UNSET
        else:
            returns_sum = self.returns_sum

        returns_for_pay: None | str | Unset
        if isinstance(self.returns_for_pay, Unset):
            returns_for_pay = UNSET
        else:
            returns_for_pay = self.returns_for_pay

        previous_orders: int | None | Unset
        if isinstance(self.previous_orders, Unset):
            previous_orders = UNSET
        else:
            previous_orders = self.previous_orders

        previous_orders_sum: None | str | Unset
        if isinstance(self.previous_orders_sum, Unset):
            previous_orders_sum = UNSET
        else:
            previous_orders_sum = self.previous_orders_sum

        previous_cancelled: int | None | Unset
        if isinstance(self.previous_cancelled, Unset):
            previous_cancelled = UNSET
        else:
            previous_cancelled = self.previous_cancelled

        previous_sales: int | None | Unset
        if isinstance(self.previous_sales, Unset):
            previous_sales = UNSET
        else:
            previous_sales = self.previous_sales

        previous_sales_sum: None | str | Unset
        if isinstance(self.previous_sales_sum, Unset):
            previous_sales_sum = UNSET
        else:
            previous_sales_sum = self.previous_sales_sum

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nm_id": nm_id,
                "period_days": period_days,
                "period_end": period_end,
                "orders": orders,
                "orders_sum": orders_sum,
                "cancelled": cancelled,
                "cancelled_sum": cancelled_sum,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency
        if bought is not UNSET:
            field_dict["bought"] = bought
        if returned is not UNSET:
            field_dict["returned"] = returned
        if open_ is not UNSET:
            field_dict["open"] = open_
        if sales is not UNSET:
            field_dict["sales"] = sales
        if sales_sum is not UNSET:
            field_dict["sales_sum"] = sales_sum
        if for_pay is not UNSET:
            field_dict["for_pay"] = for_pay
        if returns is not UNSET:
            field_dict["returns"] = returns
        if returns_sum is not UNSET:
            field_dict["returns_sum"] = returns_sum
        if returns_for_pay is not UNSET:
            field_dict["returns_for_pay"] = returns_for_pay
        if previous_orders is not UNSET:
            field_dict["previous_orders"] = previous_orders
        if previous_orders_sum is not UNSET:
            field_dict["previous_orders_sum"] = previous_orders_sum
        if previous_cancelled is not UNSET:
            field_dict["previous_cancelled"] = previous_cancelled
        if previous_sales is not UNSET:
            field_dict["previous_sales"] = previous_sales
        if previous_sales_sum is not UNSET:
            field_dict["previous_sales_sum"] = previous_sales_sum

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        period_days = d.pop("period_days")

        period_end = datetime.date.fromisoformat(d.pop("period_end"))

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        cancelled = d.pop("cancelled")

        cancelled_sum = d.pop("cancelled_sum")

        currency = d.pop("currency", UNSET)

        def _parse_bought(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        bought = _parse_bought(d.pop("bought", UNSET))

        def _parse_returned(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        returned = _parse_returned(d.pop("returned", UNSET))

        def _parse_open_(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        open_ = _parse_open_(d.pop("open", UNSET))

        def _parse_sales(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sales = _parse_sales(d.pop("sales", UNSET))

        def _parse_sales_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        sales_sum = _parse_sales_sum(d.pop("sales_sum", UNSET))

        def _parse_for_pay(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        for_pay = _parse_for_pay(d.pop("for_pay", UNSET))

        def _parse_returns(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        returns = _parse_returns(d.pop("returns", UNSET))

        def _parse_returns_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        returns_sum = _parse_returns_sum(d.pop("returns_sum", UNSET))

        def _parse_returns_for_pay(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        returns_for_pay = _parse_returns_for_pay(d.pop("returns_for_pay", UNSET))

        def _parse_previous_orders(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        previous_orders = _parse_previous_orders(d.pop("previous_orders", UNSET))

        def _parse_previous_orders_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        previous_orders_sum = _parse_previous_orders_sum(d.pop("previous_orders_sum", UNSET))

        def _parse_previous_cancelled(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        previous_cancelled = _parse_previous_cancelled(d.pop("previous_cancelled", UNSET))

        def _parse_previous_sales(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        previous_sales = _parse_previous_sales(d.pop("previous_sales", UNSET))

        def _parse_previous_sales_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        previous_sales_sum = _parse_previous_sales_sum(d.pop("previous_sales_sum", UNSET))

        period_figures = cls(
            nm_id=nm_id,
            period_days=period_days,
            period_end=period_end,
            orders=orders,
            orders_sum=orders_sum,
            cancelled=cancelled,
            cancelled_sum=cancelled_sum,
            currency=currency,
            bought=bought,
            returned=returned,
            open_=open_,
            sales=sales,
            sales_sum=sales_sum,
            for_pay=for_pay,
            returns=returns,
            returns_sum=returns_sum,
            returns_for_pay=returns_for_pay,
            previous_orders=previous_orders,
            previous_orders_sum=previous_orders_sum,
            previous_cancelled=previous_cancelled,
            previous_sales=previous_sales,
            previous_sales_sum=previous_sales_sum,
        )

        period_figures.additional_properties = d
        return period_figures

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
