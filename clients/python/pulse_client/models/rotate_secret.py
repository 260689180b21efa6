from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RotateSecret")


@_attrs_define
class RotateSecret:
    """How long the secret before goes on."""

    previous_hours: int | Unset = 24
    """ hours in which it signs beside the new one """

    def to_dict(self) -> dict[str, Any]:
        previous_hours = self.previous_hours

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if previous_hours is not UNSET:
            field_dict["previous_hours"] = previous_hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        previous_hours = d.pop("previous_hours", UNSET)

        rotate_secret = cls(
            previous_hours=previous_hours,
        )

        return rotate_secret
