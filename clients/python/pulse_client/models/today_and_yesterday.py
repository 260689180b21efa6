from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.day_figures import DayFigures


T = TypeVar("T", bound="TodayAndYesterday")


@_attrs_define
class TodayAndYesterday:
    """The orders of today beside those of yesterday, in one currency. By the moment of the order, in Moscow days."""

    minute: datetime.datetime
    """ its orders included, today and yesterday """
    today: DayFigures
    """ Orders in one currency whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as at WB).
    """
    yesterday_to_minute: DayFigures
    """ Orders in one currency whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as at WB).
    """
    yesterday: DayFigures
    """ Orders in one currency whose `ordered_at` falls on one Moscow day; cancelled ones stay counted (as at WB).
    """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        minute = self.minute.isoformat()

        today = self.today.to_dict()

        yesterday_to_minute = self.yesterday_to_minute.to_dict()

        yesterday = self.yesterday.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "minute": minute,
                "today": today,
                "yesterday_to_minute": yesterday_to_minute,
                "yesterday": yesterday,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.day_figures import DayFigures  # noqa: PLC0415

        d = dict(src_dict)
        minute = datetime.datetime.fromisoformat(d.pop("minute"))

        today = DayFigures.from_dict(d.pop("today"))

        yesterday_to_minute = DayFigures.from_dict(d.pop("yesterday_to_minute"))

        yesterday = DayFigures.from_dict(d.pop("yesterday"))

        today_and_yesterday = cls(
            minute=minute,
            today=today,
            yesterday_to_minute=yesterday_to_minute,
            yesterday=yesterday,
        )

        today_and_yesterday.additional_properties = d
        return today_and_yesterday

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
