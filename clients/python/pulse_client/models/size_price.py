from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SizePrice")


@_attrs_define
class SizePrice:
    """The price of one size, per unit."""

    size_id: int
    """ the card's `chrt_id` """
    tech_size_name: None | str
    currency: str
    """ ISO 4217 code of three letters """
    price: None | str
    """ before discounts """
    discounted_price: None | str
    """ with the seller's discount """
    club_discounted_price: None | str
    """ with that of WB Club on top """
    discount: int | None
    """ the seller's, % """
    club_discount: int | None
    """ of WB Club, % """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        size_id = self.size_id

        tech_size_name: None | str
        tech_size_name = self.tech_size_name

        currency = self.currency

        price: None | str
        price = self.price

        discounted_price: None | str
        discounted_price = self.discounted_price

        club_discounted_price: None | str
        club_discounted_price = self.club_discounted_price

        discount: int | None
        discount = self.discount

        club_discount: int | None
        club_discount = self.club_discount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "size_id": size_id,
                "tech_size_name": tech_size_name,
                "currency": currency,
                "price": price,
                "discounted_price": discounted_price,
                "club_discounted_price": club_discounted_price,
                "discount": discount,
                "club_discount": club_discount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        size_id = d.pop("size_id")

        def _parse_tech_size_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tech_size_name = _parse_tech_size_name(d.pop("tech_size_name"))

        currency = d.pop("currency")

        def _parse_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price = _parse_price(d.pop("price"))

        def _parse_discounted_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        discounted_price = _parse_discounted_price(d.pop("discounted_price"))

        def _parse_club_discounted_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        club_discounted_price = _parse_club_discounted_price(d.pop("club_discounted_price"))

        def _parse_discount(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        discount = _parse_discount(d.pop("discount"))

        def _parse_club_discount(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        club_discount = _parse_club_discount(d.pop("club_discount"))

        size_price = cls(
            size_id=size_id,
            tech_size_name=tech_size_name,
            currency=currency,
            price=price,
            discounted_price=discounted_price,
            club_discounted_price=club_discounted_price,
            discount=discount,
            club_discount=club_discount,
        )

        size_price.additional_properties = d
        return size_price

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
