from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.incoming import Incoming


T = TypeVar("T", bound="LeadTime")


@_attrs_define
class LeadTime:
    """How an item is brought in again."""

    nm_id: int
    """ WB article; 0: every item without a row of its own """
    valid_from: datetime.date
    """ first Moscow day on which it holds, until the item's next row """
    lead_days: int
    """ from ordering it again to its being sold at Wildberries """
    lead_days_deviation: int | None | str | Unset = UNSET
    """ standard deviation, days; null counts as 0 """
    target_days: int | None | Unset = UNSET
    """ what is sent is to last so long; null: 30 """
    box_units: int | None | Unset = UNSET
    """ pieces in a box; null: sent by ones """
    incoming: list[Incoming] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        valid_from = self.valid_from.isoformat()

        lead_days = self.lead_days

        lead_days_deviation: int | None | str | Unset
        if isinstance(self.lead_days_deviation, Unset):
            lead_days_deviation = UNSET
        else:
            lead_days_deviation = self.lead_days_deviation

        target_days: int | None | Unset
        if isinstance(self.target_days, Unset):
            target_days = UNSET
        else:
            target_days = self.target_days

        box_units: int | None | Unset
        if isinstance(self.box_units, Unset):
            box_units = UNSET
        else:
            box_units = self.box_units

        incoming: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.incoming, Unset):
            incoming = []
            for incoming_item_data in self.incoming:
                incoming_item = incoming_item_data.to_dict()
                incoming.append(incoming_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "nm_id": nm_id,
                "valid_from": valid_from,
                "lead_days": lead_days,
            }
        )
        if lead_days_deviation is not UNSET:
            field_dict["lead_days_deviation"] = lead_days_deviation
        if target_days is not UNSET:
            field_dict["target_days"] = target_days
        if box_units is not UNSET:
            field_dict["box_units"] = box_units
        if incoming is not UNSET:
            field_dict["incoming"] = incoming

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.incoming import Incoming  # noqa: PLC0415

        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        lead_days = d.pop("lead_days")

        def _parse_lead_days_deviation(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        lead_days_deviation = _parse_lead_days_deviation(d.pop("lead_days_deviation", UNSET))

        def _parse_target_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        target_days = _parse_target_days(d.pop("target_days", UNSET))

        def _parse_box_units(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        box_units = _parse_box_units(d.pop("box_units", UNSET))

        _incoming = d.pop("incoming", UNSET)
        incoming: list[Incoming] | Unset = UNSET
        if _incoming is not UNSET:
            incoming = []
            for incoming_item_data in _incoming:
                incoming_item = Incoming.from_dict(incoming_item_data)

                incoming.append(incoming_item)

        lead_time = cls(
            nm_id=nm_id,
            valid_from=valid_from,
            lead_days=lead_days,
            lead_days_deviation=lead_days_deviation,
            target_days=target_days,
            box_units=box_units,
            incoming=incoming,
        )

        return lead_time
