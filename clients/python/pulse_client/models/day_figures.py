from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DayFigures")


@_attrs_define
class DayFigures:
    """Orders in one currency whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as at WB)."""

    day: datetime.date
    orders: int
    orders_sum: str
    """ sum of price_with_disc; orders whose price is unknown add nothing """
    cancelled: int
    currency: str | Unset = "RUB"
    """ ISO 4217 code of three letters """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        orders = self.orders

        orders_sum = self.orders_sum

        cancelled = self.cancelled

        currency = self.currency

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "orders": orders,
                "orders_sum": orders_sum,
                "cancelled": cancelled,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        cancelled = d.pop("cancelled")

        currency = d.pop("currency", UNSET)

        day_figures = cls(
            day=day,
            orders=orders,
            orders_sum=orders_sum,
            cancelled=cancelled,
            currency=currency,
        )

        day_figures.additional_properties = d
        return day_figures

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
