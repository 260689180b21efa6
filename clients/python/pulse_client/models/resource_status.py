from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.resource_status_every_because_type_0 import (
    ResourceStatusEveryBecauseType0,
    check_resource_status_every_because_type_0,
)
from ..models.resource_status_status import (
    ResourceStatusStatus,
    check_resource_status_status,
)
from ..models.resource_status_waits_for_type_0 import (
    ResourceStatusWaitsForType0,
    check_resource_status_waits_for_type_0,
)

T = TypeVar("T", bound="ResourceStatus")


@_attrs_define
class ResourceStatus:
    """Where the sync of one resource stands."""

    resource: str
    status: ResourceStatusStatus
    freshness_seconds: int | None
    """ since the last success; null: not loaded yet """
    last_success_at: datetime.datetime | None
    next_run_at: datetime.datetime | None
    first_load_done: bool
    rows: int
    """ read so far in all, of the first load too """
    waits_for: None | ResourceStatusWaitsForType0
    """ what the next reading, at `next_run_at`, waits for. schedule: its time; turn: nothing, it is due; limits:
    Wildberries' limits leave no call until then; wildberries: it failed there or is being made there, and is asked
    for again; token: WB refuses it, or has not accepted it yet; other_source: it is read only while what it stands
    in for cannot be; null: it is being read """
    every_seconds: float | None
    """ it is read so often, if nothing goes wrong; null: not known before its first reading ends """
    every_because: None | ResourceStatusEveryBecauseType0
    """ schedule: as often as is of use; limits: as often as Wildberries lets such a token ask; sharing: those
    limits are shared with the seller's other cabinets, or with what the same calls are spent on; dormant: more
    rarely with each day, as nothing has happened there for days and nobody reads; whatever happens, or whoever
    reads, ends it """
    failures: int
    """ in a row """
    last_error: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource = self.resource

        status: str = self.status

        freshness_seconds: int | None
        freshness_seconds = self.freshness_seconds

        last_success_at: None | str
        if isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        next_run_at: None | str
        if isinstance(self.next_run_at, datetime.datetime):
            next_run_at = self.next_run_at.isoformat()
        else:
            next_run_at = self.next_run_at

        first_load_done = self.first_load_done

        rows = self.rows

        waits_for: None | str
        if isinstance(self.waits_for, str):
            waits_for = self.waits_for
        else:
            waits_for = self.waits_for

        every_seconds: float | None
        every_seconds = self.every_seconds

        every_because: None | str
        if isinstance(self.every_because, str):
            every_because = self.every_because
        else:
            every_because = self.every_because

        failures = self.failures

        last_error: None | str
        last_error = self.last_error

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource": resource,
                "status": status,
                "freshness_seconds": freshness_seconds,
                "last_success_at": last_success_at,
                "next_run_at": next_run_at,
                "first_load_done": first_load_done,
                "rows": rows,
                "waits_for": waits_for,
                "every_seconds": every_seconds,
                "every_because": every_because,
                "failures": failures,
                "last_error": last_error,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        resource = d.pop("resource")

        status = check_resource_status_status(d.pop("status"))

        def _parse_freshness_seconds(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        freshness_seconds = _parse_freshness_seconds(d.pop("freshness_seconds"))

        def _parse_last_success_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_success_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_success_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at"))

        def _parse_next_run_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_run_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_run_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_run_at = _parse_next_run_at(d.pop("next_run_at"))

        first_load_done = d.pop("first_load_done")

        rows = d.pop("rows")

        def _parse_waits_for(data: object) -> None | ResourceStatusWaitsForType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                waits_for_type_0 = check_resource_status_waits_for_type_0(data)

                return waits_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ResourceStatusWaitsForType0, data)

        waits_for = _parse_waits_for(d.pop("waits_for"))

        def _parse_every_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        every_seconds = _parse_every_seconds(d.pop("every_seconds"))

        def _parse_every_because(data: object) -> None | ResourceStatusEveryBecauseType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                every_because_type_0 = check_resource_status_every_because_type_0(data)

                return every_because_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ResourceStatusEveryBecauseType0, data)

        every_because = _parse_every_because(d.pop("every_because"))

        failures = d.pop("failures")

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        resource_status = cls(
            resource=resource,
            status=status,
            freshness_seconds=freshness_seconds,
            last_success_at=last_success_at,
            next_run_at=next_run_at,
            first_load_done=first_load_done,
            rows=rows,
            waits_for=waits_for,
            every_seconds=every_seconds,
            every_because=every_because,
            failures=failures,
            last_error=last_error,
        )

        resource_status.additional_properties = d
        return resource_status

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
