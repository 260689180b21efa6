from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.mute_for_kind_type_0 import MuteForKindType0, check_mute_for_kind_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="MuteFor")


@_attrs_define
class MuteFor:
    """What is not to be told, and how long; nothing named: nothing at all."""

    cabinet_id: None | Unset | UUID = UNSET
    kind: MuteForKindType0 | None | Unset = UNSET
    nm_id: int | None | Unset = UNSET
    until: datetime.datetime | None | Unset = UNSET
    """ either this """
    hours: int | None | Unset = UNSET
    """ or this, from now on """

    def to_dict(self) -> dict[str, Any]:
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
        elif isinstance(self.kind, str):
            kind = self.kind
        else:
            kind = self.kind

        nm_id: int | None | Unset
        if isinstance(self.nm_id, Unset):
            nm_id = UNSET
        else:
            nm_id = self.nm_id

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        hours: int | None | Unset
        if isinstance(self.hours, Unset):
            hours = UNSET
        else:
            hours = self.hours

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if cabinet_id is not UNSET:
            field_dict["cabinet_id"] = cabinet_id
        if kind is not UNSET:
            field_dict["kind"] = kind
        if nm_id is not UNSET:
            field_dict["nm_id"] = nm_id
        if until is not UNSET:
            field_dict["until"] = until
        if hours is not UNSET:
            field_dict["hours"] = hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

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

        def _parse_kind(data: object) -> MuteForKindType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = check_mute_for_kind_type_0(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MuteForKindType0 | None | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        def _parse_nm_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        nm_id = _parse_nm_id(d.pop("nm_id", UNSET))

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

        def _parse_hours(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        hours = _parse_hours(d.pop("hours", UNSET))

        mute_for = cls(
            cabinet_id=cabinet_id,
            kind=kind,
            nm_id=nm_id,
            until=until,
            hours=hours,
        )

        return mute_for
