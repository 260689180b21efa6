from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Left")


@_attrs_define
class Left:
    """What there is of an item, and how long it lasts. Unknown is null."""

    wb: int | None
    """ pieces at WB's warehouses """
    own: int | None
    """ pieces at the seller's own warehouses """
    days_left: None | str
    """ of both; null: unknown, or endless """
    endless: bool
    """ there is stock, and nobody orders it """
    runs_out_on: datetime.date | None
    replenish: int | None
    """ pieces to send now """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wb: int | None
        wb = self.wb

        own: int | None
        own = self.own

        days_left: None | str
        days_left = self.days_left

        endless = self.endless

        runs_out_on: None | str
        if isinstance(self.runs_out_on, datetime.date):
            runs_out_on = self.runs_out_on.isoformat()
        else:
            runs_out_on = self.runs_out_on

        replenish: int | None
        replenish = self.replenish

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "wb": wb,
                "own": own,
                "days_left": days_left,
                "endless": endless,
                "runs_out_on": runs_out_on,
                "replenish": replenish,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        def _parse_days_left(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        days_left = _parse_days_left(d.pop("days_left"))

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

        def _parse_replenish(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        replenish = _parse_replenish(d.pop("replenish"))

        left = cls(
            wb=wb,
            own=own,
            days_left=days_left,
            endless=endless,
            runs_out_on=runs_out_on,
            replenish=replenish,
        )

        left.additional_properties = d
        return left

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
