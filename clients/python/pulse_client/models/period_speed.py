from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PeriodSpeed")


@_attrs_define
class PeriodSpeed:
    """Pieces a day."""

    period_days: int
    orders: None | str
    sales: None | str
    days: int | None
    """ that it was divided by; null: unknown """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        orders: None | str
        orders = self.orders

        sales: None | str
        sales = self.sales

        days: int | None
        days = self.days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "orders": orders,
                "sales": sales,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period_days = d.pop("period_days")

        def _parse_orders(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders = _parse_orders(d.pop("orders"))

        def _parse_sales(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        sales = _parse_sales(d.pop("sales"))

        def _parse_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        days = _parse_days(d.pop("days"))

        period_speed = cls(
            period_days=period_days,
            orders=orders,
            sales=sales,
            days=days,
        )

        period_speed.additional_properties = d
        return period_speed

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
