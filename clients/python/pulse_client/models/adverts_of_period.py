from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AdvertsOfPeriod")


@_attrs_define
class AdvertsOfPeriod:
    """What was spent on adverts and what WB says that it brought, by its own window of attribution."""

    views: int
    clicks: int
    spent: str
    orders: int
    orders_sum: str
    previous_spent: str
    drr: None | str
    """ spent of the sum of all orders; null: there were none """
    drr_adverts: None | str
    """ spent of the sum of orders from adverts; null: there were none """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        views = self.views

        clicks = self.clicks

        spent = self.spent

        orders = self.orders

        orders_sum = self.orders_sum

        previous_spent = self.previous_spent

        drr: None | str
        drr = self.drr

        drr_adverts: None | str
        drr_adverts = self.drr_adverts

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "views": views,
                "clicks": clicks,
                "spent": spent,
                "orders": orders,
                "orders_sum": orders_sum,
                "previous_spent": previous_spent,
                "drr": drr,
                "drr_adverts": drr_adverts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        views = d.pop("views")

        clicks = d.pop("clicks")

        spent = d.pop("spent")

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        previous_spent = d.pop("previous_spent")

        def _parse_drr(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        drr = _parse_drr(d.pop("drr"))

        def _parse_drr_adverts(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        drr_adverts = _parse_drr_adverts(d.pop("drr_adverts"))

        adverts_of_period = cls(
            views=views,
            clicks=clicks,
            spent=spent,
            orders=orders,
            orders_sum=orders_sum,
            previous_spent=previous_spent,
            drr=drr,
            drr_adverts=drr_adverts,
        )

        adverts_of_period.additional_properties = d
        return adverts_of_period

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
