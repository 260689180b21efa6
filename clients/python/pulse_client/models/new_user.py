from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewUser")


@_attrs_define
class NewUser:
    """A user who is entered before he connects anything."""

    id: int
    """ of the Telegram user """
    note: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        note = self.note

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        note = d.pop("note", UNSET)

        new_user = cls(
            id=id,
            note=note,
        )

        return new_user
