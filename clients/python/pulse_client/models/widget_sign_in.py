from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="WidgetSignIn")


@_attrs_define
class WidgetSignIn:
    """What the Telegram Login widget gives to its page, unchanged."""

    id: int
    first_name: str
    auth_date: int
    """ Unix seconds; one day old at most """
    hash_: str
    """ Telegram's signature """
    last_name: None | str | Unset = UNSET
    username: None | str | Unset = UNSET
    photo_url: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        first_name = self.first_name

        auth_date = self.auth_date

        hash_ = self.hash_

        last_name: None | str | Unset
        if isinstance(self.last_name, Unset):
            last_name = UNSET
        else:
            last_name = self.last_name

        username: None | str | Unset
        if isinstance(self.username, Unset):
            username = UNSET
        else:
            username = self.username

        photo_url: None | str | Unset
        if isinstance(self.photo_url, Unset):
            photo_url = UNSET
        else:
            photo_url = self.photo_url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "first_name": first_name,
                "auth_date": auth_date,
                "hash": hash_,
            }
        )
        if last_name is not UNSET:
            field_dict["last_name"] = last_name
        if username is not UNSET:
            field_dict["username"] = username
        if photo_url is not UNSET:
            field_dict["photo_url"] = photo_url

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        first_name = d.pop("first_name")

        auth_date = d.pop("auth_date")

        hash_ = d.pop("hash")

        def _parse_last_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        last_name = _parse_last_name(d.pop("last_name", UNSET))

        def _parse_username(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        username = _parse_username(d.pop("username", UNSET))

        def _parse_photo_url(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        photo_url = _parse_photo_url(d.pop("photo_url", UNSET))

        widget_sign_in = cls(
            id=id,
            first_name=first_name,
            auth_date=auth_date,
            hash_=hash_,
            last_name=last_name,
            username=username,
            photo_url=photo_url,
        )

        return widget_sign_in
