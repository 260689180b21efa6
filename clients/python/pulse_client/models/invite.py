from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.invite_role import InviteRole, check_invite_role
from ..types import UNSET, Unset

T = TypeVar("T", bound="Invite")


@_attrs_define
class Invite:
    """Whom to invite."""

    role: InviteRole
    """ of who joins by it; below the role of who invites """
    hours: int | Unset = 72
    """ that it is good for """

    def to_dict(self) -> dict[str, Any]:
        role: str = self.role

        hours = self.hours

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )
        if hours is not UNSET:
            field_dict["hours"] = hours

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = check_invite_role(d.pop("role"))

        hours = d.pop("hours", UNSET)

        invite = cls(
            role=role,
            hours=hours,
        )

        return invite
