from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_state import OrderState, check_order_state

T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """An order as Pulse stores it. Money is a decimal string in `currency`; unknown is null, never 0."""

    order_id: UUID
    revision: int
    """ counts the order's changes; a smaller one never overwrites """
    srid: str
    """ WB's id of the order """
    g_number: None | str
    """ basket: shared by the items of one checkout """
    ordered_at: datetime.datetime
    last_change_at: datetime.datetime
    nm_id: int
    """ WB article (nmID) """
    supplier_article: None | str
    barcode: None | str
    tech_size: None | str
    brand: None | str
    subject: None | str
    category: None | str
    warehouse_name: None | str
    warehouse_type: None | str
    country_name: None | str
    oblast_okrug_name: None | str
    region_name: None | str
    total_price: None | str
    """ before discounts """
    discount_percent: int | None
    """ the seller's discount, % """
    spp: None | str
    """ WB's discount, % """
    price_with_disc: None | str
    """ the seller's price """
    finished_price: None | str
    """ what the buyer pays, without WB Wallet """
    cancelled_at: datetime.datetime | None
    currency: None | str
    """ of all amounts: as stated, else the seller's; null: nobody has stated one yet """
    cabinet_id: UUID
    day: datetime.date
    """ Moscow day of `ordered_at` """
    updated_at: datetime.datetime
    """ when Pulse stored this revision """
    state: OrderState
    """ as the order itself tells; a purchase or a return that only a report of sales tells of is in the order's
    report """
    status: None | str
    """ as the order feed told last: created (unpaid ones too), buyout, cancel, return, returnDefective, or new;
    null: it does not know the order, or is not read """
    cancel_type: None | str
    """ app (before pickup), receipt (at pickup), expire, other, or new """
    status_at: datetime.datetime | None
    is_cancel: bool = False
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order_id = str(self.order_id)

        revision = self.revision

        srid = self.srid

        g_number: None | str
        g_number = self.g_number

        ordered_at = self.ordered_at.isoformat()

        last_change_at = self.last_change_at.isoformat()

        nm_id = self.nm_id

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

        warehouse_name: None | str
        warehouse_name = self.warehouse_name

        warehouse_type: None | str
        warehouse_type = self.warehouse_type

        country_name: None | str
        country_name = self.country_name

        oblast_okrug_name: None | str
        oblast_okrug_name = self.oblast_okrug_name

        region_name: None | str
        region_name = self.region_name

        total_price: None | str
        total_price = self.total_price

        discount_percent: int | None
        discount_percent = self.discount_percent

        spp: None | str
        spp = self.spp

        price_with_disc: None | str
        price_with_disc = self.price_with_disc

        finished_price: None | str
        finished_price = self.finished_price

        is_cancel = self.is_cancel

        cancelled_at: None | str
        if isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        currency: None | str
        currency = self.currency

        cabinet_id = str(self.cabinet_id)

        day = self.day.isoformat()

        updated_at = self.updated_at.isoformat()

        state: str = self.state

        status: None | str
        status = self.status

        cancel_type: None | str
        cancel_type = self.cancel_type

        status_at: None | str
        if isinstance(self.status_at, datetime.datetime):
            status_at = self.status_at.isoformat()
        else:
            status_at = self.status_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "revision": revision,
                "srid": srid,
                "g_number": g_number,
                "ordered_at": ordered_at,
                "last_change_at": last_change_at,
                "nm_id": nm_id,
                "supplier_article": supplier_article,
                "barcode": barcode,
                "tech_size": tech_size,
                "brand": brand,
                "subject": subject,
                "category": category,
                "warehouse_name": warehouse_name,
                "warehouse_type": warehouse_type,
                "country_name": country_name,
                "oblast_okrug_name": oblast_okrug_name,
                "region_name": region_name,
                "total_price": total_price,
                "discount_percent": discount_percent,
                "spp": spp,
                "price_with_disc": price_with_disc,
                "finished_price": finished_price,
                "is_cancel": is_cancel,
                "cancelled_at": cancelled_at,
                "currency": currency,
                "cabinet_id": cabinet_id,
                "day": day,
                "updated_at": updated_at,
                "state": state,
                "status": status,
                "cancel_type": cancel_type,
                "status_at": status_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        revision = d.pop("revision")

        srid = d.pop("srid")

        def _parse_g_number(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        g_number = _parse_g_number(d.pop("g_number"))

        ordered_at = datetime.datetime.fromisoformat(d.pop("ordered_at"))

        last_change_at = datetime.datetime.fromisoformat(d.pop("last_change_at"))

        nm_id = d.pop("nm_id")

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

        def _parse_total_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        total_price = _parse_total_price(d.pop("total_price"))

        def _parse_discount_percent(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        discount_percent = _parse_discount_percent(d.pop("discount_percent"))

        def _parse_spp(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        spp = _parse_spp(d.pop("spp"))

        def _parse_price_with_disc(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price_with_disc = _parse_price_with_disc(d.pop("price_with_disc"))

        def _parse_finished_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        finished_price = _parse_finished_price(d.pop("finished_price"))

        is_cancel = d.pop("is_cancel")

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

        def _parse_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        day = datetime.date.fromisoformat(d.pop("day"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        state = check_order_state(d.pop("state"))

        def _parse_status(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status = _parse_status(d.pop("status"))

        def _parse_cancel_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cancel_type = _parse_cancel_type(d.pop("cancel_type"))

        def _parse_status_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_at_type_0 = datetime.datetime.fromisoformat(data)

                return status_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        status_at = _parse_status_at(d.pop("status_at"))

        order = cls(
            order_id=order_id,
            revision=revision,
            srid=srid,
            g_number=g_number,
            ordered_at=ordered_at,
            last_change_at=last_change_at,
            nm_id=nm_id,
            supplier_article=supplier_article,
            barcode=barcode,
            tech_size=tech_size,
            brand=brand,
            subject=subject,
            category=category,
            warehouse_name=warehouse_name,
            warehouse_type=warehouse_type,
            country_name=country_name,
            oblast_okrug_name=oblast_okrug_name,
            region_name=region_name,
            total_price=total_price,
            discount_percent=discount_percent,
            spp=spp,
            price_with_disc=price_with_disc,
            finished_price=finished_price,
            is_cancel=is_cancel,
            cancelled_at=cancelled_at,
            currency=currency,
            cabinet_id=cabinet_id,
            day=day,
            updated_at=updated_at,
            state=state,
            status=status,
            cancel_type=cancel_type,
            status_at=status_at,
        )

        order.additional_properties = d
        return order

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
