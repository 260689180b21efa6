from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="MiniAppSignIn")


@_attrs_define
class MiniAppSignIn:
    """What Telegram gives to a Mini App as `Telegram.WebApp.initData`, unchanged."""

    init_data: str
    """ one hour old at most """

    def to_dict(self) -> dict[str, Any]:
        init_data = self.init_data

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "init_data": init_data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        init_data = d.pop("init_data")

        mini_app_sign_in = cls(
            init_data=init_data,
        )

        return mini_app_sign_in
