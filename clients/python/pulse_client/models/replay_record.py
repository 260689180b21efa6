from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.replay_record_state import ReplayRecordState, check_replay_record_state

T = TypeVar("T", bound="ReplayRecord")


@_attrs_define
class ReplayRecord:
    """A replay as it stands."""

    id: UUID
    consumer: str
    """ the service that is given the events """
    types: list[str]
    cabinet_ids: list[UUID] | None
    """ null: all """
    since: datetime.datetime | None
    until: datetime.datetime
    events_per_second: float | None
    """ at most; null: as fast as they are taken """
    requested_by: str
    requested_at: datetime.datetime
    state: ReplayRecordState
    is_silent: bool
    """ running, and nothing sent for half a minute: nobody sends it, or its consumer is away """
    events: int
    """ there are to send; 0 until they are counted """
    sent: int
    sent_at: datetime.datetime
    ended_at: datetime.datetime | None
    sent_by_service: bool
    """ the consumer itself sends it; else a command does """
    version: int
    """ another one after every change: send it back with a `PUT` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        consumer = self.consumer

        types = self.types

        cabinet_ids: list[str] | None
        if isinstance(self.cabinet_ids, list):
            cabinet_ids = []
            for cabinet_ids_type_0_item_data in self.cabinet_ids:
                cabinet_ids_type_0_item = str(cabinet_ids_type_0_item_data)
                cabinet_ids.append(cabinet_ids_type_0_item)

        else:
            cabinet_ids = self.cabinet_ids

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        until = self.until.isoformat()

        events_per_second: float | None
        events_per_second = self.events_per_second

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        state: str = self.state

        is_silent = self.is_silent

        events = self.events

        sent = self.sent

        sent_at = self.sent_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        sent_by_service = self.sent_by_service

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "consumer": consumer,
                "types": types,
                "cabinet_ids": cabinet_ids,
                "since": since,
                "until": until,
                "events_per_second": events_per_second,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "state": state,
                "is_silent": is_silent,
                "events": events,
                "sent": sent,
                "sent_at": sent_at,
                "ended_at": ended_at,
                "sent_by_service": sent_by_service,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        consumer = d.pop("consumer")

        types = cast(list[str], d.pop("types"))

        def _parse_cabinet_ids(data: object) -> list[UUID] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                cabinet_ids_type_0 = []
                _cabinet_ids_type_0 = data
                for cabinet_ids_type_0_item_data in _cabinet_ids_type_0:
                    cabinet_ids_type_0_item = UUID(cabinet_ids_type_0_item_data)

                    cabinet_ids_type_0.append(cabinet_ids_type_0_item)

                return cabinet_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[UUID] | None, data)

        cabinet_ids = _parse_cabinet_ids(d.pop("cabinet_ids"))

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        def _parse_events_per_second(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        events_per_second = _parse_events_per_second(d.pop("events_per_second"))

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        state = check_replay_record_state(d.pop("state"))

        is_silent = d.pop("is_silent")

        events = d.pop("events")

        sent = d.pop("sent")

        sent_at = datetime.datetime.fromisoformat(d.pop("sent_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        sent_by_service = d.pop("sent_by_service")

        version = d.pop("version")

        replay_record = cls(
            id=id,
            consumer=consumer,
            types=types,
            cabinet_ids=cabinet_ids,
            since=since,
            until=until,
            events_per_second=events_per_second,
            requested_by=requested_by,
            requested_at=requested_at,
            state=state,
            is_silent=is_silent,
            events=events,
            sent=sent,
            sent_at=sent_at,
            ended_at=ended_at,
            sent_by_service=sent_by_service,
            version=version,
        )

        replay_record.additional_properties = d
        return replay_record

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
