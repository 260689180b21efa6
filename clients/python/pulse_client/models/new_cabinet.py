from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewCabinet")


@_attrs_define
class NewCabinet:
    """A WB token, and for whom it is connected."""

    owner_telegram_id: int
    """ of the Telegram user """
    token: str
    """ sealed on arrival: nothing here can read it back """
    name: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        owner_telegram_id = self.owner_telegram_id

        token = self.token

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "owner_telegram_id": owner_telegram_id,
                "token": token,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        owner_telegram_id = d.pop("owner_telegram_id")

        token = d.pop("token")

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        new_cabinet = cls(
            owner_telegram_id=owner_telegram_id,
            token=token,
            name=name,
        )

        return new_cabinet
