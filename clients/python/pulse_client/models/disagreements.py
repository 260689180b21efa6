from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Disagreements")


@_attrs_define
class Disagreements:
    """Orders of the last 30 days, 10,000 of them at most, of which the other source tells something else."""

    srid: int
    """ the other has had them for a day; as unpaid ones in the order feed alone """
    is_cancel: int
    """ the other has told for half an hour that they are cancelled """
    price: int | Unset = 0
    """ at another price; the order feed's is without WB Club's discount """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        srid = self.srid

        is_cancel = self.is_cancel

        price = self.price

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "srid": srid,
                "is_cancel": is_cancel,
            }
        )
        if price is not UNSET:
            field_dict["price"] = price

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        srid = d.pop("srid")

        is_cancel = d.pop("is_cancel")

        price = d.pop("price", UNSET)

        disagreements = cls(
            srid=srid,
            is_cancel=is_cancel,
            price=price,
        )

        disagreements.additional_properties = d
        return disagreements

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
