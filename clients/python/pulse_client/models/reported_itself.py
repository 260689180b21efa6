from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reported_itself_state import (
    ReportedItselfState,
    check_reported_itself_state,
)

T = TypeVar("T", bound="ReportedItself")


@_attrs_define
class ReportedItself:
    """The order itself, and how far it has come."""

    order_id: UUID
    cabinet_id: UUID
    srid: str
    g_number: None | str
    basket_size: int | None
    """ orders of the same checkout, this one included; null: not known """
    state: ReportedItselfState
    ordered_at: datetime.datetime
    last_change_at: datetime.datetime
    stored_at: datetime.datetime
    """ when Pulse stored what it knows last """
    cancelled_at: datetime.datetime | None
    bought_at: datetime.datetime | None
    returned_at: datetime.datetime | None
    nm_id: int
    """ WB article (nmID) """
    title: None | str
    supplier_article: None | str
    barcode: None | str
    tech_size: None | str
    brand: None | str
    subject: None | str
    category: None | str
    photo: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order_id = str(self.order_id)

        cabinet_id = str(self.cabinet_id)

        srid = self.srid

        g_number: None | str
        g_number = self.g_number

        basket_size: int | None
        basket_size = self.basket_size

        state: str = self.state

        ordered_at = self.ordered_at.isoformat()

        last_change_at = self.last_change_at.isoformat()

        stored_at = self.stored_at.isoformat()

        cancelled_at: None | str
        if isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        bought_at: None | str
        if isinstance(self.bought_at, datetime.datetime):
            bought_at = self.bought_at.isoformat()
        else:
            bought_at = self.bought_at

        returned_at: None | str
        if isinstance(self.returned_at, datetime.datetime):
            returned_at = self.returned_at.isoformat()
        else:
            returned_at = self.returned_at

        nm_id = self.nm_id

        title: None | str
        title = self.title

        supplier_article: None | str
        supplier_article = self.supplier_article

        barcode: None | str
        barcode = self.barcode

        tech_size: None | str
        tech_size = self.tech_size

        brand: None | str
        brand = self.brand

        subject: None | str
        subject = self.subject

        category: None | str
        category = self.category

        photo: None | str
        photo = self.photo

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "cabinet_id": cabinet_id,
                "srid": srid,
                "g_number": g_number,
                "basket_size": basket_size,
                "state": state,
                "ordered_at": ordered_at,
                "last_change_at": last_change_at,
                "stored_at": stored_at,
                "cancelled_at": cancelled_at,
                "bought_at": bought_at,
                "returned_at": returned_at,
                "nm_id": nm_id,
                "title": title,
                "supplier_article": supplier_article,
                "barcode": barcode,
                "tech_size": tech_size,
                "brand": brand,
                "subject": subject,
                "category": category,
                "photo": photo,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        srid = d.pop("srid")

        def _parse_g_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        g_number = _parse_g_number(d.pop("g_number"))

        def _parse_basket_size(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        basket_size = _parse_basket_size(d.pop("basket_size"))

        state = check_reported_itself_state(d.pop("state"))

        ordered_at = datetime.datetime.fromisoformat(d.pop("ordered_at"))

        last_change_at = datetime.datetime.fromisoformat(d.pop("last_change_at"))

        stored_at = datetime.datetime.fromisoformat(d.pop("stored_at"))

        def _parse_cancelled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancelled_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancelled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancelled_at = _parse_cancelled_at(d.pop("cancelled_at"))

        def _parse_bought_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                bought_at_type_0 = datetime.datetime.fromisoformat(data)

                return bought_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        bought_at = _parse_bought_at(d.pop("bought_at"))

        def _parse_returned_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                returned_at_type_0 = datetime.datetime.fromisoformat(data)

                return returned_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        returned_at = _parse_returned_at(d.pop("returned_at"))

        nm_id = d.pop("nm_id")

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_supplier_article(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        supplier_article = _parse_supplier_article(d.pop("supplier_article"))

        def _parse_barcode(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        barcode = _parse_barcode(d.pop("barcode"))

        def _parse_tech_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tech_size = _parse_tech_size(d.pop("tech_size"))

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

        def _parse_category(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        category = _parse_category(d.pop("category"))

        def _parse_photo(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        photo = _parse_photo(d.pop("photo"))

        reported_itself = cls(
            order_id=order_id,
            cabinet_id=cabinet_id,
            srid=srid,
            g_number=g_number,
            basket_size=basket_size,
            state=state,
            ordered_at=ordered_at,
            last_change_at=last_change_at,
            stored_at=stored_at,
            cancelled_at=cancelled_at,
            bought_at=bought_at,
            returned_at=returned_at,
            nm_id=nm_id,
            title=title,
            supplier_article=supplier_article,
            barcode=barcode,
            tech_size=tech_size,
            brand=brand,
            subject=subject,
            category=category,
            photo=photo,
        )

        reported_itself.additional_properties = d
        return reported_itself

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
