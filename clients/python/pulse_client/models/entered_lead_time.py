from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.lead_time import LeadTime


T = TypeVar("T", bound="EnteredLeadTime")


@_attrs_define
class EnteredLeadTime:
    row: LeadTime | None
    """ null: taken back """
    nm_id: int
    """ 0: the whole cabinet, or every item """
    day: datetime.date
    """ that it holds from, or the first of the month """
    revision: int
    """ counts from 1 how often the row was changed """
    entered_at: datetime.datetime
    entered_by: int
    """ Telegram user """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.lead_time import LeadTime  # noqa: PLC0415

        row: dict[str, Any] | None
        if isinstance(self.row, LeadTime):
            row = self.row.to_dict()
        else:
            row = self.row

        nm_id = self.nm_id

        day = self.day.isoformat()

        revision = self.revision

        entered_at = self.entered_at.isoformat()

        entered_by = self.entered_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "row": row,
                "nm_id": nm_id,
                "day": day,
                "revision": revision,
                "entered_at": entered_at,
                "entered_by": entered_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.lead_time import LeadTime  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_row(data: object) -> LeadTime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                row_type_0 = LeadTime.from_dict(data)

                return row_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LeadTime | None, data)

        row = _parse_row(d.pop("row"))

        nm_id = d.pop("nm_id")

        day = datetime.date.fromisoformat(d.pop("day"))

        revision = d.pop("revision")

        entered_at = datetime.datetime.fromisoformat(d.pop("entered_at"))

        entered_by = d.pop("entered_by")

        entered_lead_time = cls(
            row=row,
            nm_id=nm_id,
            day=day,
            revision=revision,
            entered_at=entered_at,
            entered_by=entered_by,
        )

        entered_lead_time.additional_properties = d
        return entered_lead_time

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
