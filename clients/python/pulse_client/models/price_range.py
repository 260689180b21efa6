from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PriceRange")


@_attrs_define
class PriceRange:
    """The prices of an item's sizes in one currency. Unknown is null."""

    currency: str
    """ ISO 4217 code of three letters """
    price_from: None | str
    """ the lowest before discounts """
    price_to: None | str
    discounted_from: None | str
    """ the lowest with the seller's discount """
    discounted_to: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        price_from: None | str
        price_from = self.price_from

        price_to: None | str
        price_to = self.price_to

        discounted_from: None | str
        discounted_from = self.discounted_from

        discounted_to: None | str
        discounted_to = self.discounted_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "price_from": price_from,
                "price_to": price_to,
                "discounted_from": discounted_from,
                "discounted_to": discounted_to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        currency = d.pop("currency")

        def _parse_price_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price_from = _parse_price_from(d.pop("price_from"))

        def _parse_price_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price_to = _parse_price_to(d.pop("price_to"))

        def _parse_discounted_from(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        discounted_from = _parse_discounted_from(d.pop("discounted_from"))

        def _parse_discounted_to(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        discounted_to = _parse_discounted_to(d.pop("discounted_to"))

        price_range = cls(
            currency=currency,
            price_from=price_from,
            price_to=price_to,
            discounted_from=discounted_from,
            discounted_to=discounted_to,
        )

        price_range.additional_properties = d
        return price_range

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
