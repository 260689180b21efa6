from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.digest_kind import DigestKind, check_digest_kind

T = TypeVar("T", bound="ListedDigest")


@_attrs_define
class ListedDigest:
    """A digest in a list."""

    digest_id: str
    """ the same in every revision """
    cabinet_id: UUID
    kind: DigestKind
    """ What a digest is of. """
    first_day: datetime.date
    last_day: datetime.date
    revision: int
    """ counts from 1 how often it was prepared: late data change a period """
    prepared_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        digest_id = self.digest_id

        cabinet_id = str(self.cabinet_id)

        kind: str = self.kind

        first_day = self.first_day.isoformat()

        last_day = self.last_day.isoformat()

        revision = self.revision

        prepared_at = self.prepared_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest_id": digest_id,
                "cabinet_id": cabinet_id,
                "kind": kind,
                "first_day": first_day,
                "last_day": last_day,
                "revision": revision,
                "prepared_at": prepared_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        digest_id = d.pop("digest_id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        kind = check_digest_kind(d.pop("kind"))

        first_day = datetime.date.fromisoformat(d.pop("first_day"))

        last_day = datetime.date.fromisoformat(d.pop("last_day"))

        revision = d.pop("revision")

        prepared_at = datetime.datetime.fromisoformat(d.pop("prepared_at"))

        listed_digest = cls(
            digest_id=digest_id,
            cabinet_id=cabinet_id,
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            revision=revision,
            prepared_at=prepared_at,
        )

        listed_digest.additional_properties = d
        return listed_digest

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
