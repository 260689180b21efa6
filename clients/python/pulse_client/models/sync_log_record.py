from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SyncLogRecord")


@_attrs_define
class SyncLogRecord:
    """One run: a sync of a resource of a cabinet, or a part of one; or an hour's runs that found nothing."""

    id: str
    cabinet_id: UUID
    resource: str
    trigger: str
    """ manual, first_load or schedule """
    outcome: str
    """ completed, paused, failed, refused or suspended """
    started_at: datetime.datetime
    duration_seconds: float
    waited_seconds: float
    """ for Wildberries' limits """
    pages: int
    requests: int
    rows_new: int
    rows_changed: int
    rows_same: int
    rows_quarantined: int
    rows_gone: int
    error: None | str
    traceparent: None | str
    """ W3C trace context: finds the run, or the last of several, in the traces """
    runs: int
    """ those of an hour that found nothing are one record, which sums them up """
    last_started_at: datetime.datetime | None
    """ the last of such runs """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        cabinet_id = str(self.cabinet_id)

        resource = self.resource

        trigger = self.trigger

        outcome = self.outcome

        started_at = self.started_at.isoformat()

        duration_seconds = self.duration_seconds

        waited_seconds = self.waited_seconds

        pages = self.pages

        requests = self.requests

        rows_new = self.rows_new

        rows_changed = self.rows_changed

        rows_same = self.rows_same

        rows_quarantined = self.rows_quarantined

        rows_gone = self.rows_gone

        error: None | str
        error = self.error

        traceparent: None | str
        traceparent = self.traceparent

        runs = self.runs

        last_started_at: None | str
        if isinstance(self.last_started_at, datetime.datetime):
            last_started_at = self.last_started_at.isoformat()
        else:
            last_started_at = self.last_started_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "cabinet_id": cabinet_id,
                "resource": resource,
                "trigger": trigger,
                "outcome": outcome,
                "started_at": started_at,
                "duration_seconds": duration_seconds,
                "waited_seconds": waited_seconds,
                "pages": pages,
                "requests": requests,
                "rows_new": rows_new,
                "rows_changed": rows_changed,
                "rows_same": rows_same,
                "rows_quarantined": rows_quarantined,
                "rows_gone": rows_gone,
                "error": error,
                "traceparent": traceparent,
                "runs": runs,
                "last_started_at": last_started_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        resource = d.pop("resource")

        trigger = d.pop("trigger")

        outcome = d.pop("outcome")

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        duration_seconds = d.pop("duration_seconds")

        waited_seconds = d.pop("waited_seconds")

        pages = d.pop("pages")

        requests = d.pop("requests")

        rows_new = d.pop("rows_new")

        rows_changed = d.pop("rows_changed")

        rows_same = d.pop("rows_same")

        rows_quarantined = d.pop("rows_quarantined")

        rows_gone = d.pop("rows_gone")

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_traceparent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        traceparent = _parse_traceparent(d.pop("traceparent"))

        runs = d.pop("runs")

        def _parse_last_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_started_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_started_at = _parse_last_started_at(d.pop("last_started_at"))

        sync_log_record = cls(
            id=id,
            cabinet_id=cabinet_id,
            resource=resource,
            trigger=trigger,
            outcome=outcome,
            started_at=started_at,
            duration_seconds=duration_seconds,
            waited_seconds=waited_seconds,
            pages=pages,
            requests=requests,
            rows_new=rows_new,
            rows_changed=rows_changed,
            rows_same=rows_same,
            rows_quarantined=rows_quarantined,
            rows_gone=rows_gone,
            error=error,
            traceparent=traceparent,
            runs=runs,
            last_started_at=last_started_at,
        )

        sync_log_record.additional_properties = d
        return sync_log_record

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
