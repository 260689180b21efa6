from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="SourceAgeThen")


@_attrs_define
class SourceAgeThen:
    """How old the data of a source were when the digest was prepared."""

    resource: str
    as_of: datetime.datetime | None
    """ of its newest data; null: none came """
    delayed_since: datetime.datetime | None | Unset = UNSET
    """ null: it is not delayed """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        resource = self.resource

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        delayed_since: None | str | Unset
        if isinstance(self.delayed_since, Unset):
            delayed_since = UNSET
        elif isinstance(self.delayed_since, datetime.datetime):
            delayed_since = self.delayed_since.isoformat()
        else:
            delayed_since = self.delayed_since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "resource": resource,
                "as_of": as_of,
            }
        )
        if delayed_since is not UNSET:
            field_dict["delayed_since"] = delayed_since

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        resource = d.pop("resource")

        def _parse_as_of(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.datetime.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        def _parse_delayed_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                delayed_since_type_0 = datetime.datetime.fromisoformat(data)

                return delayed_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        delayed_since = _parse_delayed_since(d.pop("delayed_since", UNSET))

        source_age_then = cls(
            resource=resource,
            as_of=as_of,
            delayed_since=delayed_since,
        )

        source_age_then.additional_properties = d
        return source_age_then

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
