from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.product_figures import ProductFigures
    from ..models.product_size import ProductSize
    from ..models.reviews import Reviews
    from ..models.size_price import SizePrice
    from ..models.stock import Stock


T = TypeVar("T", bound="Product")


@_attrs_define
class Product:
    """One item: its card, prices, figures, stock and rating."""

    nm_id: int
    """ WB article (nmID) """
    vendor_code: None | str
    title: None | str
    brand: None | str
    subject: None | str
    photo: None | str
    """ URL of the main photo, 516x688 """
    sizes: list[ProductSize]
    cabinet_id: UUID
    imt_id: int | None
    subject_id: int | None
    updated_at: datetime.datetime
    """ when the card was changed at WB """
    created_at: datetime.datetime | None
    length: None | str
    """ of the packed item, cm """
    width: None | str
    """ of the packed item, cm """
    height: None | str
    """ of the packed item, cm """
    weight_brutto: None | str
    """ of the packed item, kg """
    dimensions_valid: bool | None
    """ false: unlike those of its subject, says WB """
    need_kiz: bool | None
    """ whether it must bear a mark of Chestny ZNAK """
    is_listed: bool
    """ false: in WB's trash, or deleted """
    prices: list[SizePrice]
    """ by size """
    stock: None | Stock
    """ null: nothing is known of it """
    reviews: None | Reviews
    """ null: there are none """
    figures: ProductFigures
    """ What is counted of an item; null: not counted, there is nothing to count.. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reviews import Reviews  # noqa: PLC0415
        from ..models.stock import Stock  # noqa: PLC0415

        nm_id = self.nm_id

        vendor_code: None | str
        vendor_code = self.vendor_code

        title: None | str
        title = self.title

        brand: None | str
        brand = self.brand

        subject: None | str
        subject = self.subject

        photo: None | str
        photo = self.photo

        sizes = []
        for sizes_item_data in self.sizes:
            sizes_item = sizes_item_data.to_dict()
            sizes.append(sizes_item)

        cabinet_id = str(self.cabinet_id)

        imt_id: int | None
        imt_id = self.imt_id

        subject_id: int | None
        subject_id = self.subject_id

        updated_at = self.updated_at.isoformat()

        created_at: None | str
        if isinstance(self.created_at, datetime.datetime):
            created_at = self.created_at.isoformat()
        else:
            created_at = self.created_at

        length: None | str
        length = self.length

        width: None | str
        width = self.width

        height: None | str
        height = self.height

        weight_brutto: None | str
        weight_brutto = self.weight_brutto

        dimensions_valid: bool | None
        dimensions_valid = self.dimensions_valid

        need_kiz: bool | None
        need_kiz = self.need_kiz

        is_listed = self.is_listed

        prices = []
        for prices_item_data in self.prices:
            prices_item = prices_item_data.to_dict()
            prices.append(prices_item)

        stock: dict[str, Any] | None
        if isinstance(self.stock, Stock):
            stock = self.stock.to_dict()
        else:
            stock = self.stock

        reviews: dict[str, Any] | None
        if isinstance(self.reviews, Reviews):
            reviews = self.reviews.to_dict()
        else:
            reviews = self.reviews

        figures = self.figures.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nm_id": nm_id,
                "vendor_code": vendor_code,
                "title": title,
                "brand": brand,
                "subject": subject,
                "photo": photo,
                "sizes": sizes,
                "cabinet_id": cabinet_id,
                "imt_id": imt_id,
                "subject_id": subject_id,
                "updated_at": updated_at,
                "created_at": created_at,
                "length": length,
                "width": width,
                "height": height,
                "weight_brutto": weight_brutto,
                "dimensions_valid": dimensions_valid,
                "need_kiz": need_kiz,
                "is_listed": is_listed,
                "prices": prices,
                "stock": stock,
                "reviews": reviews,
                "figures": figures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.product_figures import ProductFigures  # noqa: PLC0415
        from ..models.product_size import ProductSize  # noqa: PLC0415
        from ..models.reviews import Reviews  # noqa: PLC0415
        from ..models.size_price import SizePrice  # noqa: PLC0415
        from ..models.stock import Stock  # noqa: PLC0415

        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        def _parse_vendor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        vendor_code = _parse_vendor_code(d.pop("vendor_code"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_brand(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        brand = _parse_brand(d.pop("brand"))

        def _parse_subject(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subject = _parse_subject(d.pop("subject"))

        def _parse_photo(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        photo = _parse_photo(d.pop("photo"))

        sizes = []
        _sizes = d.pop("sizes")
        for sizes_item_data in _sizes:
            sizes_item = ProductSize.from_dict(sizes_item_data)

            sizes.append(sizes_item)

        cabinet_id = UUID(d.pop("cabinet_id"))

        def _parse_imt_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        imt_id = _parse_imt_id(d.pop("imt_id"))

        def _parse_subject_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        subject_id = _parse_subject_id(d.pop("subject_id"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_created_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_at_type_0 = datetime.datetime.fromisoformat(data)

                return created_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        created_at = _parse_created_at(d.pop("created_at"))

        def _parse_length(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        length = _parse_length(d.pop("length"))

        def _parse_width(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        width = _parse_width(d.pop("width"))

        def _parse_height(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        height = _parse_height(d.pop("height"))

        def _parse_weight_brutto(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        weight_brutto = _parse_weight_brutto(d.pop("weight_brutto"))

        def _parse_dimensions_valid(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        dimensions_valid = _parse_dimensions_valid(d.pop("dimensions_valid"))

        def _parse_need_kiz(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        need_kiz = _parse_need_kiz(d.pop("need_kiz"))

        is_listed = d.pop("is_listed")

        prices = []
        _prices = d.pop("prices")
        for prices_item_data in _prices:
            prices_item = SizePrice.from_dict(prices_item_data)

            prices.append(prices_item)

        def _parse_stock(data: object) -> None | Stock:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                stock_type_0 = Stock.from_dict(data)

                return stock_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Stock, data)

        stock = _parse_stock(d.pop("stock"))

        def _parse_reviews(data: object) -> None | Reviews:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                reviews_type_0 = Reviews.from_dict(data)

                return reviews_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Reviews, data)

        reviews = _parse_reviews(d.pop("reviews"))

        figures = ProductFigures.from_dict(d.pop("figures"))

        product = cls(
            nm_id=nm_id,
            vendor_code=vendor_code,
            title=title,
            brand=brand,
            subject=subject,
            photo=photo,
            sizes=sizes,
            cabinet_id=cabinet_id,
            imt_id=imt_id,
            subject_id=subject_id,
            updated_at=updated_at,
            created_at=created_at,
            length=length,
            width=width,
            height=height,
            weight_brutto=weight_brutto,
            dimensions_valid=dimensions_valid,
            need_kiz=need_kiz,
            is_listed=is_listed,
            prices=prices,
            stock=stock,
            reviews=reviews,
            figures=figures,
        )

        product.additional_properties = d
        return product

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
