from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AdvertPeriod")


@_attrs_define
class AdvertPeriod:
    """Advertising of a period; Wildberries attributes an order to a campaign by its own window."""

    period_days: int
    views: int
    clicks: int
    spent: str
    orders: int
    """ that WB attributes to campaigns """
    orders_sum: str
    drr: None | str
    """ spent of the sum of all orders; null: none """
    drr_adverts: None | str
    """ spent of the sum of orders from adverts """
    cpo: None | str
    """ spent per order from adverts """
    ctr: None | str
    """ clicks of views """
    cpc: None | str
    """ spent per click """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        views = self.views

        clicks = self.clicks

        spent = self.spent

        orders = self.orders

        orders_sum = self.orders_sum

        drr: None | str
        drr = self.drr

        drr_adverts: None | str
        drr_adverts = self.drr_adverts

        cpo: None | str
        cpo = self.cpo

        ctr: None | str
        ctr = self.ctr

        cpc: None | str
        cpc = self.cpc

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "views": views,
                "clicks": clicks,
                "spent": spent,
                "orders": orders,
                "orders_sum": orders_sum,
                "drr": drr,
                "drr_adverts": drr_adverts,
                "cpo": cpo,
                "ctr": ctr,
                "cpc": cpc,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period_days = d.pop("period_days")

        views = d.pop("views")

        clicks = d.pop("clicks")

        spent = d.pop("spent")

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

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

        def _parse_cpo(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cpo = _parse_cpo(d.pop("cpo"))

        def _parse_ctr(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ctr = _parse_ctr(d.pop("ctr"))

        def _parse_cpc(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cpc = _parse_cpc(d.pop("cpc"))

        advert_period = cls(
            period_days=period_days,
            views=views,
            clicks=clicks,
            spent=spent,
            orders=orders,
            orders_sum=orders_sum,
            drr=drr,
            drr_adverts=drr_adverts,
            cpo=cpo,
            ctr=ctr,
            cpc=cpc,
        )

        advert_period.additional_properties = d
        return advert_period

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
