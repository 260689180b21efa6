from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="EnteredMute")


@_attrs_define
class EnteredMute:
    """Nothing is told of that which fits all that is named, until then."""

    until: datetime.datetime
    cabinet_id: None | Unset | UUID = UNSET
    kind: None | str | Unset = UNSET
    nm_id: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        until = self.until.isoformat()

        cabinet_id: None | str | Unset
        if isinstance(self.cabinet_id, Unset):
            cabinet_id = UNSET
        elif isinstance(self.cabinet_id, UUID):
            cabinet_id = str(self.cabinet_id)
        else:
            cabinet_id = self.cabinet_id

        kind: None | str | Unset
        if isinstance(self.kind, Unset):
            kind = UNSET
        else:
            kind = self.kind

        nm_id: int | None | Unset
        if isinstance(self.nm_id, Unset):
            nm_id = UNSET
        else:
            nm_id = self.nm_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "until": until,
            }
        )
        if cabinet_id is not UNSET:
            field_dict["cabinet_id"] = cabinet_id
        if kind is not UNSET:
            field_dict["kind"] = kind
        if nm_id is not UNSET:
            field_dict["nm_id"] = nm_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        until = datetime.datetime.fromisoformat(d.pop("until"))

        def _parse_cabinet_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cabinet_id_type_0 = UUID(data)

                return cabinet_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        cabinet_id = _parse_cabinet_id(d.pop("cabinet_id", UNSET))

        def _parse_kind(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        def _parse_nm_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        nm_id = _parse_nm_id(d.pop("nm_id", UNSET))

        entered_mute = cls(
            until=until,
            cabinet_id=cabinet_id,
            kind=kind,
            nm_id=nm_id,
        )

        entered_mute.additional_properties = d
        return entered_mute

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
