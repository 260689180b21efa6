from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewReplay")


@_attrs_define
class NewReplay:
    """What is given again, and to whom."""

    consumer: str | Unset = "reporter"
    types: list[str] | Unset = UNSET
    """ none: all that it takes """
    cabinet_ids: list[UUID] | Unset = UNSET
    """ none: all """
    since: datetime.datetime | None | Unset = UNSET
    until: datetime.datetime | None | Unset = UNSET
    """ not included; null: now """
    events_per_second: float | None | Unset = UNSET
    """ null: as they are taken """

    def to_dict(self) -> dict[str, Any]:
        consumer = self.consumer

        types: list[str] | Unset = UNSET
        if not isinstance(self.types, Unset):
            types = self.types

        cabinet_ids: list[str] | Unset = UNSET
        if not isinstance(self.cabinet_ids, Unset):
            cabinet_ids = []
            for cabinet_ids_item_data in self.cabinet_ids:
                cabinet_ids_item = str(cabinet_ids_item_data)
                cabinet_ids.append(cabinet_ids_item)

        since: None | str | Unset
        if isinstance(self.since, Unset):
            since = UNSET
        elif isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        events_per_second: float | None | Unset
        if isinstance(self.events_per_second, Unset):
            events_per_second = UNSET
        else:
            events_per_second = self.events_per_second

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if consumer is not UNSET:
            field_dict["consumer"] = consumer
        if types is not UNSET:
            field_dict["types"] = types
        if cabinet_ids is not UNSET:
            field_dict["cabinet_ids"] = cabinet_ids
        if since is not UNSET:
            field_dict["since"] = since
        if until is not UNSET:
            field_dict["until"] = until
        if events_per_second is not UNSET:
            field_dict["events_per_second"] = events_per_second

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        consumer = d.pop("consumer", UNSET)

        types = cast(list[str], d.pop("types", UNSET))

        _cabinet_ids = d.pop("cabinet_ids", UNSET)
        cabinet_ids: list[UUID] | Unset = UNSET
        if _cabinet_ids is not UNSET:
            cabinet_ids = []
            for cabinet_ids_item_data in _cabinet_ids:
                cabinet_ids_item = UUID(cabinet_ids_item_data)

                cabinet_ids.append(cabinet_ids_item)

        def _parse_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        since = _parse_since(d.pop("since", UNSET))

        def _parse_until(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                until_type_0 = datetime.datetime.fromisoformat(data)

                return until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        until = _parse_until(d.pop("until", UNSET))

        def _parse_events_per_second(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        events_per_second = _parse_events_per_second(d.pop("events_per_second", UNSET))

        new_replay = cls(
            consumer=consumer,
            types=types,
            cabinet_ids=cabinet_ids,
            since=since,
            until=until,
            events_per_second=events_per_second,
        )

        return new_replay
