from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.compared_day import ComparedDay
    from ..models.completeness_gap import CompletenessGap


T = TypeVar("T", bound="ResourceCompleteness")


@_attrs_define
class ResourceCompleteness:
    """What is known of one resource."""

    resource: str
    is_compared: bool
    """ read again at night day by day; else each reading has all that Wildberries tells, and `read_at` says it all
    """
    first_load_done: bool
    read_at: datetime.datetime | None
    """ the last complete reading of news """
    asked_at: datetime.datetime | None
    """ when all days from `since` to `until` had been compared; null: not yet """
    since: datetime.date | None
    until: datetime.date | None
    """ the last of these days """
    is_reading: bool
    """ days are being read again just now """
    nights_left: int | None
    """ until all days have been; the token's limits may take several """
    next_at: datetime.datetime | None
    """ when its next turn is """
    error: None | str
    """ why the last turn came to nothing; it is tried again in the next night """
    unreadable: int
    """ rows that could not be read, up to 10,000; they are asked for again """
    gaps: list[CompletenessGap]
    """ the newest day first """
    windows: list[ComparedDay]
    """ the newest day first; empty unless `resource` was named """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource = self.resource

        is_compared = self.is_compared

        first_load_done = self.first_load_done

        read_at: None | str
        if isinstance(self.read_at, datetime.datetime):
            read_at = self.read_at.isoformat()
        else:
            read_at = self.read_at

        asked_at: None | str
        if isinstance(self.asked_at, datetime.datetime):
            asked_at = self.asked_at.isoformat()
        else:
            asked_at = self.asked_at

        since: None | str
        if isinstance(self.since, datetime.date):
            since = self.since.isoformat()
        else:
            since = self.since

        until: None | str
        if isinstance(self.until, datetime.date):
            until = self.until.isoformat()
        else:
            until = self.until

        is_reading = self.is_reading

        nights_left: int | None
        nights_left = self.nights_left

        next_at: None | str
        if isinstance(self.next_at, datetime.datetime):
            next_at = self.next_at.isoformat()
        else:
            next_at = self.next_at

        error: None | str
        error = self.error

        unreadable = self.unreadable

        gaps = []
        for gaps_item_data in self.gaps:
            gaps_item = gaps_item_data.to_dict()
            gaps.append(gaps_item)

        windows = []
        for windows_item_data in self.windows:
            windows_item = windows_item_data.to_dict()
            windows.append(windows_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource": resource,
                "is_compared": is_compared,
                "first_load_done": first_load_done,
                "read_at": read_at,
                "asked_at": asked_at,
                "since": since,
                "until": until,
                "is_reading": is_reading,
                "nights_left": nights_left,
                "next_at": next_at,
                "error": error,
                "unreadable": unreadable,
                "gaps": gaps,
                "windows": windows,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.compared_day import ComparedDay  # noqa: PLC0415
        from ..models.completeness_gap import CompletenessGap  # noqa: PLC0415

        d = dict(src_dict)
        resource = d.pop("resource")

        is_compared = d.pop("is_compared")

        first_load_done = d.pop("first_load_done")

        def _parse_read_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                read_at_type_0 = datetime.datetime.fromisoformat(data)

                return read_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        read_at = _parse_read_at(d.pop("read_at"))

        def _parse_asked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                asked_at_type_0 = datetime.datetime.fromisoformat(data)

                return asked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        asked_at = _parse_asked_at(d.pop("asked_at"))

        def _parse_since(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.date.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        since = _parse_since(d.pop("since"))

        def _parse_until(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.date.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        until = _parse_until(d.pop("until"))

        is_reading = d.pop("is_reading")

        def _parse_nights_left(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        nights_left = _parse_nights_left(d.pop("nights_left"))

        def _parse_next_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_at = _parse_next_at(d.pop("next_at"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        unreadable = d.pop("unreadable")

        gaps = []
        _gaps = d.pop("gaps")
        for gaps_item_data in _gaps:
            gaps_item = CompletenessGap.from_dict(gaps_item_data)

            gaps.append(gaps_item)

        windows = []
        _windows = d.pop("windows")
        for windows_item_data in _windows:
            windows_item = ComparedDay.from_dict(windows_item_data)

            windows.append(windows_item)

        resource_completeness = cls(
            resource=resource,
            is_compared=is_compared,
            first_load_done=first_load_done,
            read_at=read_at,
            asked_at=asked_at,
            since=since,
            until=until,
            is_reading=is_reading,
            nights_left=nights_left,
            next_at=next_at,
            error=error,
            unreadable=unreadable,
            gaps=gaps,
            windows=windows,
        )

        resource_completeness.additional_properties = d
        return resource_completeness

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
