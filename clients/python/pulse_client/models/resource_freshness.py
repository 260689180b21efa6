from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.resource_freshness_status import (
    ResourceFreshnessStatus,
    check_resource_freshness_status,
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
