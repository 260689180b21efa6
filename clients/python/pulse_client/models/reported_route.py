from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReportedRoute")


@_attrs_define
class ReportedRoute:
    """From where to where it goes."""

    warehouse_name: None | str
    warehouse_type: None | str
    is_own_warehouse: bool | None
    """ the seller's own """
    country_name: None | str
    oblast_okrug_name: None | str
    region_name: None | str
    city: None | str
    district: None | str
    local_share: None | str
    """ of the item's orders of 30 days, sent from the buyer's own okrug """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        warehouse_name: None | str
        warehouse_name = self.warehouse_name

        warehouse_type: None | str
        warehouse_type = self.warehouse_type

        is_own_warehouse: bool | None
        is_own_warehouse = self.is_own_warehouse

        country_name: None | str
        country_name = self.country_name

        oblast_okrug_name: None | str
        oblast_okrug_name = self.oblast_okrug_name

        region_name: None | str
        region_name = self.region_name

        city: None | str
        city = self.city

        district: None | str
        district = self.district

        local_share: None | str
        local_share = self.local_share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "warehouse_name": warehouse_name,
                "warehouse_type": warehouse_type,
                "is_own_warehouse": is_own_warehouse,
                "country_name": country_name,
                "oblast_okrug_name": oblast_okrug_name,
                "region_name": region_name,
                "city": city,
                "district": district,
                "local_share": local_share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_warehouse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        warehouse_name = _parse_warehouse_name(d.pop("warehouse_name"))

        def _parse_warehouse_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        warehouse_type = _parse_warehouse_type(d.pop("warehouse_type"))

        def _parse_is_own_warehouse(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        is_own_warehouse = _parse_is_own_warehouse(d.pop("is_own_warehouse"))

        def _parse_country_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        country_name = _parse_country_name(d.pop("country_name"))

        def _parse_oblast_okrug_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        oblast_okrug_name = _parse_oblast_okrug_name(d.pop("oblast_okrug_name"))

        def _parse_region_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        region_name = _parse_region_name(d.pop("region_name"))

        def _parse_city(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        city = _parse_city(d.pop("city"))

        def _parse_district(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        district = _parse_district(d.pop("district"))

        def _parse_local_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        local_share = _parse_local_share(d.pop("local_share"))

        reported_route = cls(
            warehouse_name=warehouse_name,
            warehouse_type=warehouse_type,
            is_own_warehouse=is_own_warehouse,
            country_name=country_name,
            oblast_okrug_name=oblast_okrug_name,
            region_name=region_name,
            city=city,
            district=district,
            local_share=local_share,
        )

        reported_route.additional_properties = d
        return reported_route

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
