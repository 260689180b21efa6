from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RedriveRecord")


@_attrs_define
class RedriveRecord:
    """What was put back."""

    queue: str
    id: UUID
    put_back: int
    event_id: None | str | Unset = UNSET
    """ null: of any event """
    limit: int | Unset = 1000
    """ so many are looked at """

    def to_dict(self) -> dict[str, Any]:
        queue = self.queue

        id = str(self.id)

        put_back = self.put_back

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
                "id": id,
                "put_back": put_back,
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

        id = UUID(d.pop("id"))

        put_back = d.pop("put_back")

        def _parse_event_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        event_id = _parse_event_id(d.pop("event_id", UNSET))

        limit = d.pop("limit", UNSET)

        redrive_record = cls(
            queue=queue,
            id=id,
            put_back=put_back,
            event_id=event_id,
            limit=limit,
        )

        return redrive_record
