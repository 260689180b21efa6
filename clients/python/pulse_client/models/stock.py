from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.size_units import SizeUnits
    from ..models.units import Units
    from ..models.warehouse_units import WarehouseUnits


T = TypeVar("T", bound="Stock")


@_attrs_define
class Stock:
    """What there is, how long it lasts, what to send. No currency."""

    total: Units
    """ Pieces of an item or a size, and how long they last. """
    method: str
    """ of the forecast, in words """
    lead_days: int
    """ from sending to being sold; the seller's, else 14 """
    target_days: int
    """ what to send lasts so long; the seller's, else 30 """
    as_of: datetime.datetime | None
    """ when the stock was seen last; null: never """
    sizes: list[SizeUnits] | Unset = UNSET
    """ in the order of the card; empty for the cabinet """
    warehouses: list[WarehouseUnits] | Unset = UNSET
    """ the fullest first """
    past_error_days: None | str | Unset = UNSET
    """ mean error of its earlier forecasts, days """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total = self.total.to_dict()

        method = self.method

        lead_days = self.lead_days

        target_days = self.target_days

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        sizes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sizes, Unset):
            sizes = []
            for sizes_item_data in self.sizes:
                sizes_item = sizes_item_data.to_dict()
                sizes.append(sizes_item)

        warehouses: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.warehouses, Unset):
            warehouses = []
            for warehouses_item_data in self.warehouses:
                warehouses_item = warehouses_item_data.to_dict()
                warehouses.append(warehouses_item)

        past_error_days: None | str | Unset
        if isinstance(self.past_error_days, Unset):
            past_error_days = UNSET
        else:
            past_error_days = self.past_error_days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "method": method,
                "lead_days": lead_days,
                "target_days": target_days,
                "as_of": as_of,
            }
        )
        if sizes is not UNSET:
            field_dict["sizes"] = sizes
        if warehouses is not UNSET:
            field_dict["warehouses"] = warehouses
        if past_error_days is not UNSET:
            field_dict["past_error_days"] = past_error_days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.size_units import SizeUnits  # noqa: PLC0415
        from ..models.units import Units  # noqa: PLC0415
        from ..models.warehouse_units import WarehouseUnits  # noqa: PLC0415

        d = dict(src_dict)
        total = Units.from_dict(d.pop("total"))

        method = d.pop("method")

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

        _sizes = d.pop("sizes", UNSET)
        sizes: list[SizeUnits] | Unset = UNSET
        if _sizes is not UNSET:
            sizes = []
            for sizes_item_data in _sizes:
                sizes_item = SizeUnits.from_dict(sizes_item_data)

                sizes.append(sizes_item)

        _warehouses = d.pop("warehouses", UNSET)
        warehouses: list[WarehouseUnits] | Unset = UNSET
        if _warehouses is not UNSET:
            warehouses = []
            for warehouses_item_data in _warehouses:
                warehouses_item = WarehouseUnits.from_dict(warehouses_item_data)

                warehouses.append(warehouses_item)

        def _parse_past_error_days(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        past_error_days = _parse_past_error_days(d.pop("past_error_days", UNSET))

        stock = cls(
            total=total,
            method=method,
            lead_days=lead_days,
            target_days=target_days,
            as_of=as_of,
            sizes=sizes,
            warehouses=warehouses,
            past_error_days=past_error_days,
        )

        stock.additional_properties = d
        return stock

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
