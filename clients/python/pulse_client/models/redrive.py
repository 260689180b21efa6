from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Redrive")


@_attrs_define
class Redrive:
    """What is put back: dead letters of a queue, or those of one event."""

    queue: str
    event_id: None | str | Unset = UNSET
    """ null: of any event """
    limit: int | Unset = 1000
    """ so many are looked at """

    def to_dict(self) -> dict[str, Any]:
        queue = self.queue

        event_id: None | str | Unset
        if isinstance(self.event_id, Unset):
            event_id = UNSET
        else:
            event_id = self.event_id

        limit = self.limit

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "queue": queue,
            }
        )
        if event_id is not UNSET:
            field_dict["event_id"] = event_id
        if limit is not UNSET:
            field_dict["limit"] = limit

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        queue = d.pop("queue")

        def _parse_event_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        event_id = _parse_event_id(d.pop("event_id", UNSET))

        limit = d.pop("limit", UNSET)

        redrive = cls(
            queue=queue,
            event_id=event_id,
            limit=limit,
        )

        return redrive
