from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.replay_changes_state_type_0 import (
    ReplayChangesStateType0,
    check_replay_changes_state_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ReplayChanges")


@_attrs_define
class ReplayChanges:
    """The whole record, or only what changes."""

    id: None | Unset | UUID = UNSET
    consumer: None | str | Unset = UNSET
    types: list[str] | None | Unset = UNSET
    cabinet_ids: list[UUID] | None | Unset = UNSET
    since: datetime.datetime | None | Unset = UNSET
    until: datetime.datetime | None | Unset = UNSET
    events_per_second: float | None | Unset = UNSET
    requested_by: None | str | Unset = UNSET
    requested_at: datetime.datetime | None | Unset = UNSET
    state: None | ReplayChangesStateType0 | Unset = UNSET
    is_silent: bool | None | Unset = UNSET
    events: int | None | Unset = UNSET
    sent: int | None | Unset = UNSET
    sent_at: datetime.datetime | None | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    sent_by_service: bool | None | Unset = UNSET
    version: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        elif isinstance(self.id, UUID):
            id = str(self.id)
        else:
            id = self.id

        consumer: None | str | Unset
        if isinstance(self.consumer, Unset):
            consumer = UNSET
        else:
            consumer = self.consumer

        types: list[str] | None | Unset
        if isinstance(self.types, Unset):
            types = UNSET
        elif isinstance(self.types, list):
            types = self.types

        else:
            types = self.types

        cabinet_ids: list[str] | None | Unset
        if isinstance(self.cabinet_ids, Unset):
            cabinet_ids = UNSET
        elif isinstance(self.cabinet_ids, list):
            cabinet_ids = []
            for cabinet_ids_type_0_item_data in self.cabinet_ids:
                cabinet_ids_type_0_item = str(cabinet_ids_type_0_item_data)
                cabinet_ids.append(cabinet_ids_type_0_item)

        else:
            cabinet_ids = self.cabinet_ids

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

        requested_by: None | str | Unset
        if isinstance(self.requested_by, Unset):
            requested_by = UNSET
        else:
            requested_by = self.requested_by

        requested_at: None | str | Unset
        if isinstance(self.requested_at, Unset):
            requested_at = UNSET
        elif isinstance(self.requested_at, datetime.datetime):
            requested_at = self.requested_at.isoformat()
        else:
            requested_at = self.requested_at

        state: None | str | Unset
        if isinstance(self.state, Unset):
            state = UNSET
        elif isinstance(self.state, str):
            state = self.state
        else:
            state = self.state

        is_silent: bool | None | Unset
        if isinstance(self.is_silent, Unset):
            is_silent = UNSET
        else:
            is_silent = self.is_silent

        events: int | None | Unset
        if isinstance(self.events, Unset):
            events = UNSET
        else:
            events = self.events

        sent: int | None | Unset
        if isinstance(self.sent, Unset):
            sent = UNSET
        else:
            sent = self.sent

        sent_at: None | str | Unset
        if isinstance(self.sent_at, Unset):
            sent_at = UNSET
        elif isinstance(self.sent_at, datetime.datetime):
            sent_at = self.sent_at.isoformat()
        else:
            sent_at = self.sent_at

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        sent_by_service: bool | None | Unset
        if isinstance(self.sent_by_service, Unset):
            sent_by_service = UNSET
        else:
            sent_by_service = self.sent_by_service

        version: int | None | Unset
        if isinstance(self.version, Unset):
            version = UNSET
        else:
            version = self.version

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
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
        if requested_by is not UNSET:
            field_dict["requested_by"] = requested_by
        if requested_at is not UNSET:
            field_dict["requested_at"] = requested_at
        if state is not UNSET:
            field_dict["state"] = state
        if is_silent is not UNSET:
            field_dict["is_silent"] = is_silent
        if events is not UNSET:
            field_dict["events"] = events
        if sent is not UNSET:
            field_dict["sent"] = sent
        if sent_at is not UNSET:
            field_dict["sent_at"] = sent_at
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if sent_by_service is not UNSET:
            field_dict["sent_by_service"] = sent_by_service
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                id_type_0 = UUID(data)

                return id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        id = _parse_id(d.pop("id", UNSET))

        def _parse_consumer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        consumer = _parse_consumer(d.pop("consumer", UNSET))

        def _parse_types(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                types_type_0 = cast(list[str], data)

                return types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        types = _parse_types(d.pop("types", UNSET))

        def _parse_cabinet_ids(data: object) -> list[UUID] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
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
            return cast(list[UUID] | None | Unset, data)

        cabinet_ids = _parse_cabinet_ids(d.pop("cabinet_ids", UNSET))

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

        def _parse_requested_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        requested_by = _parse_requested_by(d.pop("requested_by", UNSET))

        def _parse_requested_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                requested_at_type_0 = datetime.datetime.fromisoformat(data)

                return requested_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        requested_at = _parse_requested_at(d.pop("requested_at", UNSET))

        def _parse_state(data: object) -> None | ReplayChangesStateType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                state_type_0 = check_replay_changes_state_type_0(data)

                return state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReplayChangesStateType0 | Unset, data)

        state = _parse_state(d.pop("state", UNSET))

        def _parse_is_silent(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_silent = _parse_is_silent(d.pop("is_silent", UNSET))

        def _parse_events(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        events = _parse_events(d.pop("events", UNSET))

        def _parse_sent(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        sent = _parse_sent(d.pop("sent", UNSET))

        def _parse_sent_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                sent_at_type_0 = datetime.datetime.fromisoformat(data)

                return sent_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        sent_at = _parse_sent_at(d.pop("sent_at", UNSET))

        def _parse_ended_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ended_at = _parse_ended_at(d.pop("ended_at", UNSET))

        def _parse_sent_by_service(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        sent_by_service = _parse_sent_by_service(d.pop("sent_by_service", UNSET))

        def _parse_version(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        version = _parse_version(d.pop("version", UNSET))

        replay_changes = cls(
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

        return replay_changes
