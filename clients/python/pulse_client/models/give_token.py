from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GiveToken")


@_attrs_define
class GiveToken:
    """A WB token."""

    token: str
    """ a WB token that opens content, analytics and statistics (a personal one gives orders at once); sealed on
    arrival: nothing here can read it back """

    def to_dict(self) -> dict[str, Any]:
        token = self.token

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "token": token,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        token = d.pop("token")

        give_token = cls(
            token=token,
        )

        return give_token
