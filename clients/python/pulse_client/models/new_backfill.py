from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.new_backfill_resource import (
    NewBackfillResource,
    check_new_backfill_resource,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewBackfill")


@_attrs_define
class NewBackfill:
    """What is to be read."""

    cabinet_id: UUID
    resource: NewBackfillResource
    since: datetime.datetime
    until: datetime.datetime | None | Unset = UNSET
    """ not included; null: now """

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        resource: str = self.resource

        since = self.since.isoformat()

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        elif isinstance(self.until, datetime.datetime):
            until = self.until.isoformat()
        else:
            until = self.until

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "resource": resource,
                "since": since,
            }
        )
        if until is not UNSET:
            field_dict["until"] = until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        resource = check_new_backfill_resource(d.pop("resource"))

        since = datetime.datetime.fromisoformat(d.pop("since"))

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

        new_backfill = cls(
            cabinet_id=cabinet_id,
            resource=resource,
            since=since,
            until=until,
        )

        return new_backfill
