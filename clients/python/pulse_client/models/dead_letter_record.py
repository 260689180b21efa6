from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DeadLetterRecord")


@_attrs_define
class DeadLetterRecord:
    """An event that could not be handled. What it says is not shown."""

    id: str
    """ the queue and the event """
    queue: str
    """ the consumer's queue that it came from """
    event_id: str
    type_: str
    attempts: int
    reason: str
    bytes_: int
    cabinet_id: None | str
    """ null: it is no event that could be read """
    time: None | str
    origin: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        queue = self.queue

        event_id = self.event_id

        type_ = self.type_

        attempts = self.attempts

        reason = self.reason

        bytes_ = self.bytes_

        cabinet_id: None | str
        cabinet_id = self.cabinet_id

        time: None | str
        time = self.time

        origin: None | str
        origin = self.origin

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "queue": queue,
                "event_id": event_id,
                "type": type_,
                "attempts": attempts,
                "reason": reason,
                "bytes": bytes_,
                "cabinet_id": cabinet_id,
                "time": time,
                "origin": origin,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        queue = d.pop("queue")

        event_id = d.pop("event_id")

        type_ = d.pop("type")

        attempts = d.pop("attempts")

        reason = d.pop("reason")

        bytes_ = d.pop("bytes")

        def _parse_cabinet_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cabinet_id = _parse_cabinet_id(d.pop("cabinet_id"))

        def _parse_time(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        time = _parse_time(d.pop("time"))

        def _parse_origin(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        origin = _parse_origin(d.pop("origin"))

        dead_letter_record = cls(
            id=id,
            queue=queue,
            event_id=event_id,
            type_=type_,
            attempts=attempts,
            reason=reason,
            bytes_=bytes_,
            cabinet_id=cabinet_id,
            time=time,
            origin=origin,
        )

        dead_letter_record.additional_properties = d
        return dead_letter_record

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
