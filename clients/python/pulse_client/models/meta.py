from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.meta_source import MetaSource, check_meta_source

T = TypeVar("T", bound="Meta")


@_attrs_define
class Meta:
    """Where an answer comes from, and how old it is."""

    source: MetaSource
    as_of: datetime.datetime | None
    """ when the source that was read longest ago was read at Wildberries, or, of what is Pulse's own, when it was
    read here; null: nothing was read yet """
    stale: bool
    """ a source is late: Wildberries does not give it, or not in time; or the answer is past its time, and nothing
    newer could be had just now """
    response_ms: float
    """ how long the answer took """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        source: str = self.source

        as_of: None | str
        if isinstance(self.as_of, datetime.datetime):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        stale = self.stale

        response_ms = self.response_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "source": source,
                "as_of": as_of,
                "stale": stale,
                "response_ms": response_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        source = check_meta_source(d.pop("source"))

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

        stale = d.pop("stale")

        response_ms = d.pop("response_ms")

        meta = cls(
            source=source,
            as_of=as_of,
            stale=stale,
            response_ms=response_ms,
        )

        meta.additional_properties = d
        return meta

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
