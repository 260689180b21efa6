from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="MonthPlan")


@_attrs_define
class MonthPlan:
    """What is to be ordered in a month, in pieces, in money or in both."""

    nm_id: int
    """ WB article; 0: the whole cabinet """
    month: datetime.date
    """ its first day """
    orders: int | None | Unset = UNSET
    """ pieces; null: not planned """
    orders_sum: int | None | str | Unset = UNSET
    """ null: not planned """
    currency: str | Unset = "RUB"
    """ ISO 4217 code of three letters """

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        month = self.month.isoformat()

        orders: int | None | Unset
        if isinstance(self.orders, Unset):
            orders = UNSET
        else:
            orders = self.orders

        orders_sum: int | None | str | Unset
        if isinstance(self.orders_sum, Unset):
            orders_sum = UNSET
        else:
            orders_sum = self.orders_sum

        currency = self.currency

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "nm_id": nm_id,
                "month": month,
            }
        )
        if orders is not UNSET:
            field_dict["orders"] = orders
        if orders_sum is not UNSET:
            field_dict["orders_sum"] = orders_sum
        if currency is not UNSET:
            field_dict["currency"] = currency

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        month = datetime.date.fromisoformat(d.pop("month"))

        def _parse_orders(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        orders = _parse_orders(d.pop("orders", UNSET))

        def _parse_orders_sum(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        orders_sum = _parse_orders_sum(d.pop("orders_sum", UNSET))

        currency = d.pop("currency", UNSET)

        month_plan = cls(
            nm_id=nm_id,
            month=month,
            orders=orders,
            orders_sum=orders_sum,
            currency=currency,
        )

        return month_plan
