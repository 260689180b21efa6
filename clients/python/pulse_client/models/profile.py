from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.profile_cabinet import ProfileCabinet


T = TypeVar("T", bound="Profile")


@_attrs_define
class Profile:
    """The user who asks."""

    telegram_id: int
    first_name: None | str
    """ as Telegram told it at the last sign-in; null: never signed in """
    last_name: None | str
    username: None | str
    since: datetime.datetime | None
    """ first connected or joined a cabinet, or signed in; null: did none of it """
    cabinets: list[ProfileCabinet]
    """ oldest first """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        telegram_id = self.telegram_id

        first_name: None | str
        first_name = self.first_name

        last_name: None | str
        last_name = self.last_name

        username: None | str
        username = self.username

        since: None | str
        if isinstance(self.since, datetime.datetime):
            since = self.since.isoformat()
        else:
            since = self.since

        cabinets = []
        for cabinets_item_data in self.cabinets:
            cabinets_item = cabinets_item_data.to_dict()
            cabinets.append(cabinets_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "telegram_id": telegram_id,
                "first_name": first_name,
                "last_name": last_name,
                "username": username,
                "since": since,
                "cabinets": cabinets,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.profile_cabinet import ProfileCabinet  # noqa: PLC0415

        d = dict(src_dict)
        telegram_id = d.pop("telegram_id")

        def _parse_first_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        first_name = _parse_first_name(d.pop("first_name"))

        def _parse_last_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_name = _parse_last_name(d.pop("last_name"))

        def _parse_username(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        username = _parse_username(d.pop("username"))

        def _parse_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                since_type_0 = datetime.datetime.fromisoformat(data)

                return since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        since = _parse_since(d.pop("since"))

        cabinets = []
        _cabinets = d.pop("cabinets")
        for cabinets_item_data in _cabinets:
            cabinets_item = ProfileCabinet.from_dict(cabinets_item_data)

            cabinets.append(cabinets_item)

        profile = cls(
            telegram_id=telegram_id,
            first_name=first_name,
            last_name=last_name,
            username=username,
            since=since,
            cabinets=cabinets,
        )

        profile.additional_properties = d
        return profile

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
