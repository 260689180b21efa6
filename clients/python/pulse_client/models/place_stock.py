from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.place_stock_source import PlaceStockSource, check_place_stock_source

T = TypeVar("T", bound="PlaceStock")


@_attrs_define
class PlaceStock:
    """Pieces of one size at one warehouse."""

    source: PlaceStockSource
    """ wb, own: of WB's and of the seller's warehouses; remains: of the report that stands in for WB's """
    chrt_id: int | None
    """ null: the report of remains knows sizes by their barcodes """
    tech_size: None | str
    barcode: None | str
    warehouse_id: int | None
    """ null: the report of remains knows warehouses by their names """
    warehouse_name: None | str
    quantity: int
    to_client: int | None
    from_client: int | None
    observed_at: datetime.datetime
    """ when the quantity was seen to change last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source: str = self.source

        chrt_id: int | None
        chrt_id = self.chrt_id

        tech_size: None | str
        tech_size = self.tech_size

        barcode: None | str
        barcode = self.barcode

        warehouse_id: int | None
        warehouse_id = self.warehouse_id

        warehouse_name: None | str
        warehouse_name = self.warehouse_name

        quantity = self.quantity

        to_client: int | None
        to_client = self.to_client

        from_client: int | None
        from_client = self.from_client

        observed_at = self.observed_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "chrt_id": chrt_id,
                "tech_size": tech_size,
                "barcode": barcode,
                "warehouse_id": warehouse_id,
                "warehouse_name": warehouse_name,
                "quantity": quantity,
                "to_client": to_client,
                "from_client": from_client,
                "observed_at": observed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source = check_place_stock_source(d.pop("source"))

        def _parse_chrt_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        chrt_id = _parse_chrt_id(d.pop("chrt_id"))

        def _parse_tech_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tech_size = _parse_tech_size(d.pop("tech_size"))

        def _parse_barcode(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        barcode = _parse_barcode(d.pop("barcode"))

        def _parse_warehouse_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        warehouse_id = _parse_warehouse_id(d.pop("warehouse_id"))

        def _parse_warehouse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        warehouse_name = _parse_warehouse_name(d.pop("warehouse_name"))

        quantity = d.pop("quantity")

        def _parse_to_client(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        to_client = _parse_to_client(d.pop("to_client"))

        def _parse_from_client(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        from_client = _parse_from_client(d.pop("from_client"))

        observed_at = datetime.datetime.fromisoformat(d.pop("observed_at"))

        place_stock = cls(
            source=source,
            chrt_id=chrt_id,
            tech_size=tech_size,
            barcode=barcode,
            warehouse_id=warehouse_id,
            warehouse_name=warehouse_name,
            quantity=quantity,
            to_client=to_client,
            from_client=from_client,
            observed_at=observed_at,
        )

        place_stock.additional_properties = d
        return place_stock

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
