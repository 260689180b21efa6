from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.warehouse_units import WarehouseUnits


T = TypeVar("T", bound="ReportedStock")


@_attrs_define
class ReportedStock:
    """Pieces of a size, and how long they last; first of all sizes together (`size` null)."""

    size: None | str
    chrt_id: int | None
    wb: int | None
    own: int | None
    days: None | str
    """ null: unknown, or endless """
    endless: bool
    runs_out_on: datetime.date | None
    out_since: datetime.date | None
    restock: int | None
    """ pieces to send now """
    to_client: int | None | Unset = UNSET
    from_client: int | None | Unset = UNSET
    incoming: int | Unset = 0
    warehouses: list[WarehouseUnits] | Unset = UNSET
    """ of all sizes together only """
    target_days: int | None | Unset = UNSET
    """ how long what is to be sent lasts """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        size: None | str
        size = self.size

        chrt_id: int | None
        chrt_id = self.chrt_id

        wb: int | None
        wb = self.wb

        own: int | None
        own = self.own

        days: None | str
        days = self.days

        endless = self.endless

        runs_out_on: None | str
        if isinstance(self.runs_out_on, datetime.date):
            runs_out_on = self.runs_out_on.isoformat()
        else:
            runs_out_on = self.runs_out_on

        out_since: None | str
        if isinstance(self.out_since, datetime.date):
            out_since = self.out_since.isoformat()
        else:
            out_since = self.out_since

        restock: int | None
        restock = self.restock

        to_client: int | None | Unset
        if isinstance(self.to_client, Unset):
            to_client = UNSET
        else:
            to_client = self.to_client

        from_client: int | None | Unset
        if isinstance(self.from_client, Unset):
            from_client = UNSET
        else:
            from_client = self.from_client

        incoming = self.incoming

        warehouses: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.warehouses, Unset):
            warehouses = []
            for warehouses_item_data in self.warehouses:
                warehouses_item = warehouses_item_data.to_dict()
                warehouses.append(warehouses_item)

        target_days: int | None | Unset
        if isinstance(self.target_days, Unset):
            target_days = UNSET
        else:
            target_days = self.target_days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "size": size,
                "chrt_id": chrt_id,
                "wb": wb,
                "own": own,
                "days": days,
                "endless": endless,
                "runs_out_on": runs_out_on,
                "out_since": out_since,
                "restock": restock,
            }
        )
        if to_client is not UNSET:
            field_dict["to_client"] = to_client
        if from_client is not UNSET:
            field_dict["from_client"] = from_client
        if incoming is not UNSET:
            field_dict["incoming"] = incoming
        if warehouses is not UNSET:
            field_dict["warehouses"] = warehouses
        if target_days is not UNSET:
            field_dict["target_days"] = target_days

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.warehouse_units import WarehouseUnits  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        size = _parse_size(d.pop("size"))

        def _parse_chrt_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        chrt_id = _parse_chrt_id(d.pop("chrt_id"))

        def _parse_wb(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        wb = _parse_wb(d.pop("wb"))

        def _parse_own(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        own = _parse_own(d.pop("own"))

        def _parse_days(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        days = _parse_days(d.pop("days"))

        endless = d.pop("endless")

        def _parse_runs_out_on(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                runs_out_on_type_0 = datetime.date.fromisoformat(data)

                return runs_out_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        runs_out_on = _parse_runs_out_on(d.pop("runs_out_on"))

        def _parse_out_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                out_since_type_0 = datetime.date.fromisoformat(data)

                return out_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        out_since = _parse_out_since(d.pop("out_since"))

        def _parse_restock(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        restock = _parse_restock(d.pop("restock"))

        def _parse_to_client(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        to_client = _parse_to_client(d.pop("to_client", UNSET))

        def _parse_from_client(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        from_client = _parse_from_client(d.pop("from_client", UNSET))

        incoming = d.pop("incoming", UNSET)

        _warehouses = d.pop("warehouses", UNSET)
        warehouses: list[WarehouseUnits] | Unset = UNSET
        if _warehouses is not UNSET:
            warehouses = []
            for warehouses_item_data in _warehouses:
                warehouses_item = WarehouseUnits.from_dict(warehouses_item_data)

                warehouses.append(warehouses_item)

        def _parse_target_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        target_days = _parse_target_days(d.pop("target_days", UNSET))

        reported_stock = cls(
            size=size,
            chrt_id=chrt_id,
            wb=wb,
            own=own,
            days=days,
            endless=endless,
            runs_out_on=runs_out_on,
            out_since=out_since,
            restock=restock,
            to_client=to_client,
            from_client=from_client,
            incoming=incoming,
            warehouses=warehouses,
            target_days=target_days,
        )

        reported_stock.additional_properties = d
        return reported_stock

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
