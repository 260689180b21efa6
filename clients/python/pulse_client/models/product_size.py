from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ProductSize")


@_attrs_define
class ProductSize:
    """One size of a card. `skus` are its barcodes."""

    chrt_id: int
    tech_size: None | str | Unset = UNSET
    wb_size: None | str | Unset = UNSET
    skus: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        chrt_id = self.chrt_id

        tech_size: None | str | Unset
        if isinstance(self.tech_size, Unset):
            tech_size = UNSET
        else:
            tech_size = self.tech_size

        wb_size: None | str | Unset
        if isinstance(self.wb_size, Unset):
            wb_size = UNSET
        else:
            wb_size = self.wb_size

        skus: list[str] | Unset = UNSET
        if not isinstance(self.skus, Unset):
            skus = self.skus

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "chrt_id": chrt_id,
            }
        )
        if tech_size is not UNSET:
            field_dict["tech_size"] = tech_size
        if wb_size is not UNSET:
            field_dict["wb_size"] = wb_size
        if skus is not UNSET:
            field_dict["skus"] = skus

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        chrt_id = d.pop("chrt_id")

        def _parse_tech_size(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tech_size = _parse_tech_size(d.pop("tech_size", UNSET))

        def _parse_wb_size(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        wb_size = _parse_wb_size(d.pop("wb_size", UNSET))

        skus = cast(list[str], d.pop("skus", UNSET))

        product_size = cls(
            chrt_id=chrt_id,
            tech_size=tech_size,
            wb_size=wb_size,
            skus=skus,
        )

        product_size.additional_properties = d
        return product_size

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
