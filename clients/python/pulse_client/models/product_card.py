from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.product_size import ProductSize


T = TypeVar("T", bound="ProductCard")


@_attrs_define
class ProductCard:
    """A card as a reader of orders needs it."""

    nm_id: int
    """ WB article (nmID) """
    vendor_code: None | str | Unset = UNSET
    title: None | str | Unset = UNSET
    brand: None | str | Unset = UNSET
    subject: None | str | Unset = UNSET
    photo: None | str | Unset = UNSET
    """ URL of the main photo, 516x688 """
    sizes: list[ProductSize] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        vendor_code: None | str | Unset
        if isinstance(self.vendor_code, Unset):
            vendor_code = UNSET
        else:
            vendor_code = self.vendor_code

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        brand: None | str | Unset
        if isinstance(self.brand, Unset):
            brand = UNSET
        else:
            brand = self.brand

        subject: None | str | Unset
        if isinstance(self.subject, Unset):
            subject = UNSET
        else:
            subject = self.subject

        photo: None | str | Unset
        if isinstance(self.photo, Unset):
            photo = UNSET
        else:
            photo = self.photo

        sizes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sizes, Unset):
            sizes = []
            for sizes_item_data in self.sizes:
                sizes_item = sizes_item_data.to_dict()
                sizes.append(sizes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nm_id": nm_id,
            }
        )
        if vendor_code is not UNSET:
            field_dict["vendor_code"] = vendor_code
        if title is not UNSET:
            field_dict["title"] = title
        if brand is not UNSET:
            field_dict["brand"] = brand
        if subject is not UNSET:
            field_dict["subject"] = subject
        if photo is not UNSET:
            field_dict["photo"] = photo
        if sizes is not UNSET:
            field_dict["sizes"] = sizes

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_size import ProductSize  # noqa: PLC0415

        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        def _parse_vendor_code(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        vendor_code = _parse_vendor_code(d.pop("vendor_code", UNSET))

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_brand(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        brand = _parse_brand(d.pop("brand", UNSET))

        def _parse_subject(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        subject = _parse_subject(d.pop("subject", UNSET))

        def _parse_photo(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        photo = _parse_photo(d.pop("photo", UNSET))

        _sizes = d.pop("sizes", UNSET)
        sizes: list[ProductSize] | Unset = UNSET
        if _sizes is not UNSET:
            sizes = []
            for sizes_item_data in _sizes:
                sizes_item = ProductSize.from_dict(sizes_item_data)

                sizes.append(sizes_item)

        product_card = cls(
            nm_id=nm_id,
            vendor_code=vendor_code,
            title=title,
            brand=brand,
            subject=subject,
            photo=photo,
            sizes=sizes,
        )

        product_card.additional_properties = d
        return product_card

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
