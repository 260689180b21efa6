from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.backfill_record_state import (
    BackfillRecordState,
    check_backfill_record_state,
)

T = TypeVar("T", bound="BackfillRecord")


@_attrs_define
class BackfillRecord:
    """A stretch of time of a resource of a cabinet, as it stands."""

    id: str
    cabinet_id: UUID
    resource: str
    why: str
    """ first_load, backfill (somebody asked) or reconciliation """
    state: BackfillRecordState
    since: datetime.datetime
    until: datetime.datetime
    """ not included """
    percent: int
    """ of the stretch, the newest first; 100 when it is done """
    rows: int
    """ read so far, known ones too """
    rows_new: int
    rows_changed: int
    seconds_left: int | None
    """ if it goes on as before; null: not known yet, or it has ended """
    asked_at: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    error: None | str
    """ why it failed or is not read, or failed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        cabinet_id = str(self.cabinet_id)

        resource = self.resource

        why = self.why

        state: str = self.state

        since = self.since.isoformat()

        until = self.until.isoformat()

        percent = self.percent

        rows = self.rows

        rows_new = self.rows_new

        rows_changed = self.rows_changed

        seconds_left: int | None
        seconds_left = self.seconds_left

        asked_at = self.asked_at.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        error: None | str
        error = self.error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "cabinet_id": cabinet_id,
                "resource": resource,
                "why": why,
                "state": state,
                "since": since,
                "until": until,
                "percent": percent,
                "rows": rows,
                "rows_new": rows_new,
                "rows_changed": rows_changed,
                "seconds_left": seconds_left,
                "asked_at": asked_at,
                "started_at": started_at,
                "ended_at": ended_at,
                "error": error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        resource = d.pop("resource")

        why = d.pop("why")

        state = check_backfill_record_state(d.pop("state"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        percent = d.pop("percent")

        rows = d.pop("rows")

        rows_new = d.pop("rows_new")

        rows_changed = d.pop("rows_changed")

        def _parse_seconds_left(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        seconds_left = _parse_seconds_left(d.pop("seconds_left"))

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

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

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        backfill_record = cls(
            id=id,
            cabinet_id=cabinet_id,
            resource=resource,
            why=why,
            state=state,
            since=since,
            until=until,
            percent=percent,
            rows=rows,
            rows_new=rows_new,
            rows_changed=rows_changed,
            seconds_left=seconds_left,
            asked_at=asked_at,
            started_at=started_at,
            ended_at=ended_at,
            error=error,
        )

        backfill_record.additional_properties = d
        return backfill_record

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
