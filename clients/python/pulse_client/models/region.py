from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Region")


@_attrs_define
class Region:
    """Orders of 30 days into one region."""

    okrug: None | str
    region: None | str
    orders: int
    orders_sum: str
    share: str
    """ %, two decimals """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        okrug: None | str
        okrug = self.okrug

        region: None | str
        region = self.region

        orders = self.orders

        orders_sum = self.orders_sum

        share = self.share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "okrug": okrug,
                "region": region,
                "orders": orders,
                "orders_sum": orders_sum,
                "share": share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_okrug(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        okrug = _parse_okrug(d.pop("okrug"))

        def _parse_region(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        region = _parse_region(d.pop("region"))

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        share = d.pop("share")

        region = cls(
            okrug=okrug,
            region=region,
            orders=orders,
            orders_sum=orders_sum,
            share=share,
        )

        region.additional_properties = d
        return region

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
