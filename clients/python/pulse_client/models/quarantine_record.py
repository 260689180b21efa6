from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QuarantineRecord")


@_attrs_define
class QuarantineRecord:
    """A row that could not be read. The row itself is not shown: there may be personal data in it."""

    id: str
    cabinet_id: UUID
    resource: str
    body_hash: str
    """ of what Wildberries sent """
    body_bytes: int
    reason: str
    """ what could not be read """
    first_seen_at: datetime.datetime
    last_seen_at: datetime.datetime
    times: int
    """ how often Wildberries sent it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        cabinet_id = str(self.cabinet_id)

        resource = self.resource

        body_hash = self.body_hash

        body_bytes = self.body_bytes

        reason = self.reason

        first_seen_at = self.first_seen_at.isoformat()

        last_seen_at = self.last_seen_at.isoformat()

        times = self.times

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "cabinet_id": cabinet_id,
                "resource": resource,
                "body_hash": body_hash,
                "body_bytes": body_bytes,
                "reason": reason,
                "first_seen_at": first_seen_at,
                "last_seen_at": last_seen_at,
                "times": times,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        resource = d.pop("resource")

        body_hash = d.pop("body_hash")

        body_bytes = d.pop("body_bytes")

        reason = d.pop("reason")

        first_seen_at = datetime.datetime.fromisoformat(d.pop("first_seen_at"))

        last_seen_at = datetime.datetime.fromisoformat(d.pop("last_seen_at"))

        times = d.pop("times")

        quarantine_record = cls(
            id=id,
            cabinet_id=cabinet_id,
            resource=resource,
            body_hash=body_hash,
            body_bytes=body_bytes,
            reason=reason,
            first_seen_at=first_seen_at,
            last_seen_at=last_seen_at,
            times=times,
        )

        quarantine_record.additional_properties = d
        return quarantine_record

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
