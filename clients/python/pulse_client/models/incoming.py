from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Incoming")


@_attrs_define
class Incoming:
    """Pieces on their way to a warehouse of Wildberries."""

    units: int
    chrt_id: int | None | Unset = UNSET
    """ the size; null: not told by size """
    arrives_on: datetime.date | None | Unset = UNSET
    """ from this day on they are no longer on their way; null: until entered anew """

    def to_dict(self) -> dict[str, Any]:
        units = self.units

        chrt_id: int | None | Unset
        if isinstance(self.chrt_id, Unset):
            chrt_id = UNSET
        else:
            chrt_id = self.chrt_id

        arrives_on: None | str | Unset
        if isinstance(self.arrives_on, Unset):
            arrives_on = UNSET
        elif isinstance(self.arrives_on, datetime.date):
            arrives_on = self.arrives_on.isoformat()
        else:
            arrives_on = self.arrives_on

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "units": units,
            }
        )
        if chrt_id is not UNSET:
            field_dict["chrt_id"] = chrt_id
        if arrives_on is not UNSET:
            field_dict["arrives_on"] = arrives_on

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        units = d.pop("units")

        def _parse_chrt_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        chrt_id = _parse_chrt_id(d.pop("chrt_id", UNSET))

        def _parse_arrives_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                arrives_on_type_0 = datetime.date.fromisoformat(data)

                return arrives_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        arrives_on = _parse_arrives_on(d.pop("arrives_on", UNSET))

        incoming = cls(
            units=units,
            chrt_id=chrt_id,
            arrives_on=arrives_on,
        )

        return incoming
