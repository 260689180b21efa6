from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.completeness_gap_kind import (
    CompletenessGapKind,
    check_completeness_gap_kind,
)

T = TypeVar("T", bound="CompletenessGap")


@_attrs_define
class CompletenessGap:
    """What is, or was, missing of a day of Moscow."""

    day: datetime.date
    kind: CompletenessGapKind
    """ late: rows that were missing, found when the day was read again, and stored: healed; hidden: stored rows
    that Wildberries did not show when it was read again; known_elsewhere: orders that reports or assembly tasks
    name, and the list of orders never had; refused: Wildberries does not answer about the day """
    rows: int | None
    """ how many; null: not known """
    found_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day.isoformat()

        kind: str = self.kind

        rows: int | None
        rows = self.rows

        found_at: None | str
        if isinstance(self.found_at, datetime.datetime):
            found_at = self.found_at.isoformat()
        else:
            found_at = self.found_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "kind": kind,
                "rows": rows,
                "found_at": found_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = datetime.date.fromisoformat(d.pop("day"))

        kind = check_completeness_gap_kind(d.pop("kind"))

        def _parse_rows(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rows = _parse_rows(d.pop("rows"))

        def _parse_found_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                found_at_type_0 = datetime.datetime.fromisoformat(data)

                return found_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        found_at = _parse_found_at(d.pop("found_at"))

        completeness_gap = cls(
            day=day,
            kind=kind,
            rows=rows,
            found_at=found_at,
        )

        completeness_gap.additional_properties = d
        return completeness_gap

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
