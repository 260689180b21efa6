from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.resource_freshness_every_because_type_0 import (
    ResourceFreshnessEveryBecauseType0,
    check_resource_freshness_every_because_type_0,
)
from ..models.resource_freshness_status import (
    ResourceFreshnessStatus,
    check_resource_freshness_status,
)
from ..models.resource_freshness_waits_for_type_0 import (
    ResourceFreshnessWaitsForType0,
    check_resource_freshness_waits_for_type_0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.disagreements import Disagreements


T = TypeVar("T", bound="ResourceFreshness")


@_attrs_define
class ResourceFreshness:
    """How fresh one resource of a cabinet is."""

    resource: str
    status: ResourceFreshnessStatus
    last_success_at: datetime.datetime | None
    """ null: not read yet """
    next_run_at: datetime.datetime | None
    waits_for: None | ResourceFreshnessWaitsForType0
    """ what the next reading, at `next_run_at`, waits for. schedule: its time; turn: nothing, it is due; limits:
    Wildberries' limits leave no call until then; wildberries: it failed there or is being made there, and is asked
    for again; token: WB refuses it, or has not accepted it yet; other_source: it is read only while what it stands
    in for cannot be; null: it is being read """
    every_seconds: float | None
    """ it is read so often, if nothing goes wrong; null: not known before its first reading ends """
    every_because: None | ResourceFreshnessEveryBecauseType0
    """ schedule: as often as is of use; limits: as often as Wildberries lets such a token ask; sharing: those
    limits are shared with the seller's other cabinets, or with what the same calls are spent on; dormant: more
    rarely with each day, as nothing has happened there for days and nobody reads; whatever happens, or whoever
    reads, ends it """
    stale: bool
    """ it is late: Wildberries does not give it, or not in time """
    disagreements: Disagreements | None | Unset = UNSET
    """ of `orders` and `order_feed`, where both are read; else null """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.disagreements import Disagreements  # noqa: PLC0415

        resource = self.resource

        status: str = self.status

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

        stale = self.stale

        disagreements: dict[str, Any] | None | Unset
        if isinstance(self.disagreements, Unset):
            disagreements = UNSET
        elif isinstance(self.disagreements, Disagreements):
            disagreements = self.disagreements.to_dict()
        else:
            disagreements = self.disagreements

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource": resource,
                "status": status,
                "last_success_at": last_success_at,
                "next_run_at": next_run_at,
                "waits_for": waits_for,
                "every_seconds": every_seconds,
                "every_because": every_because,
                "stale": stale,
            }
        )
        if disagreements is not UNSET:
            field_dict["disagreements"] = disagreements

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.disagreements import Disagreements  # noqa: PLC0415

        d = dict(src_dict)
        resource = d.pop("resource")

        status = check_resource_freshness_status(d.pop("status"))

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

        def _parse_waits_for(data: object) -> None | ResourceFreshnessWaitsForType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                waits_for_type_0 = check_resource_freshness_waits_for_type_0(data)

                return waits_for_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ResourceFreshnessWaitsForType0, data)

        waits_for = _parse_waits_for(d.pop("waits_for"))

        def _parse_every_seconds(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        every_seconds = _parse_every_seconds(d.pop("every_seconds"))

        def _parse_every_because(data: object) -> None | ResourceFreshnessEveryBecauseType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                every_because_type_0 = check_resource_freshness_every_because_type_0(data)

                return every_because_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ResourceFreshnessEveryBecauseType0, data)

        every_because = _parse_every_because(d.pop("every_because"))

        stale = d.pop("stale")

        def _parse_disagreements(data: object) -> Disagreements | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                disagreements_type_0 = Disagreements.from_dict(data)

                return disagreements_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Disagreements | None | Unset, data)

        disagreements = _parse_disagreements(d.pop("disagreements", UNSET))

        resource_freshness = cls(
            resource=resource,
            status=status,
            last_success_at=last_success_at,
            next_run_at=next_run_at,
            waits_for=waits_for,
            every_seconds=every_seconds,
            every_because=every_because,
            stale=stale,
            disagreements=disagreements,
        )

        resource_freshness.additional_properties = d
        return resource_freshness

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
