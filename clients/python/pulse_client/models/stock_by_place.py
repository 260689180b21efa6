from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.place_stock import PlaceStock
    from ..models.size_units import SizeUnits
    from ..models.units import Units
    from ..models.warehouse_units import WarehouseUnits


T = TypeVar("T", bound="StockByPlace")


@_attrs_define
class StockByPlace:
    """The same of one item, with each size at each warehouse."""

    total: Units
    """ Pieces of an item or a size, and how long they last. """
    sizes: list[SizeUnits]
    """ in the order of the card; empty for the cabinet """
    warehouses: list[WarehouseUnits]
    """ the fullest first """
    method: str
    """ of the forecast, in words """
    past_error_days: None | str
    """ mean error of its earlier forecasts, days """
    lead_days: int
    """ from sending to being sold; the seller's, else 14 """
    target_days: int
    """ what to send lasts so long; the seller's, else 30 """
    as_of: datetime.datetime | None
    """ when the stock was seen last; null: never """
    cabinet_id: UUID
    nm_id: int
    """ WB article (nmID) """
    vendor_code: None | str
    """ null: its card is not known """
    title: None | str
    places: list[PlaceStock]
    """ as each source says; those of a size that ended stay as 0 """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total = self.total.to_dict()

        sizes = []
        for sizes_item_data in self.sizes:
            sizes_item = sizes_item_data.to_dict()
            sizes.append(sizes_item)

        warehouses = []
        for warehouses_item_data in self.warehouses:
            warehouses_item = warehouses_item_data.to_dict()
            warehouses.append(warehouses_item)

        method = self.method

        past_error_days: None | str
        past_error_days = self.past_error_days

        lead_days = self.lead_days

        target_days = self.target_days

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        cabinet_id = str(self.cabinet_id)

        nm_id = self.nm_id

        vendor_code: None | str
        vendor_code = self.vendor_code

        title: None | str
        title = self.title

        places = []
        for places_item_data in self.places:
            places_item = places_item_data.to_dict()
            places.append(places_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "sizes": sizes,
                "warehouses": warehouses,
                "method": method,
                "past_error_days": past_error_days,
                "lead_days": lead_days,
                "target_days": target_days,
                "as_of": as_of,
                "cabinet_id": cabinet_id,
                "nm_id": nm_id,
                "vendor_code": vendor_code,
                "title": title,
                "places": places,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.place_stock import PlaceStock  # noqa: PLC0415
        from ..models.size_units import SizeUnits  # noqa: PLC0415
        from ..models.units import Units  # noqa: PLC0415
        from ..models.warehouse_units import WarehouseUnits  # noqa: PLC0415

        d = dict(src_dict)
        total = Units.from_dict(d.pop("total"))

        sizes = []
        _sizes = d.pop("sizes")
        for sizes_item_data in _sizes:
            sizes_item = SizeUnits.from_dict(sizes_item_data)

            sizes.append(sizes_item)

        warehouses = []
        _warehouses = d.pop("warehouses")
        for warehouses_item_data in _warehouses:
            warehouses_item = WarehouseUnits.from_dict(warehouses_item_data)

            warehouses.append(warehouses_item)

        method = d.pop("method")

        def _parse_past_error_days(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        past_error_days = _parse_past_error_days(d.pop("past_error_days"))

        lead_days = d.pop("lead_days")

        target_days = d.pop("target_days")

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        cabinet_id = UUID(d.pop("cabinet_id"))

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

        places = []
        _places = d.pop("places")
        for places_item_data in _places:
            places_item = PlaceStock.from_dict(places_item_data)

            places.append(places_item)

        stock_by_place = cls(
            total=total,
            sizes=sizes,
            warehouses=warehouses,
            method=method,
            past_error_days=past_error_days,
            lead_days=lead_days,
            target_days=target_days,
            as_of=as_of,
            cabinet_id=cabinet_id,
            nm_id=nm_id,
            vendor_code=vendor_code,
            title=title,
            places=places,
        )

        stock_by_place.additional_properties = d
        return stock_by_place

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
