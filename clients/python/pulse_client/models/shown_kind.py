from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_kind_family import ShownKindFamily, check_shown_kind_family

T = TypeVar("T", bound="ShownKind")


@_attrs_define
class ShownKind:
    """A kind of messages."""

    name: str
    family: ShownKindFamily
    ru: str
    """ its title in Russian """
    en: str
    """ its title in English """
    is_on: bool
    """ whether who said nothing is told it """
    is_critical: bool
    """ it passes quiet hours, and mutes but for an item's """
    has_amount: bool
    """ `above` can be said of it """
    above: None | str
    """ it is told from this amount of roubles on, unless you say another one """
    webhook_type: None | str
    """ as webhooks name it; null: they are not told of it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        family: str = self.family

        ru = self.ru

        en = self.en

        is_on = self.is_on

        is_critical = self.is_critical

        has_amount = self.has_amount

        above: None | str
        above = self.above

        webhook_type: None | str
        webhook_type = self.webhook_type

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "family": family,
                "ru": ru,
                "en": en,
                "is_on": is_on,
                "is_critical": is_critical,
                "has_amount": has_amount,
                "above": above,
                "webhook_type": webhook_type,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        family = check_shown_kind_family(d.pop("family"))

        ru = d.pop("ru")

        en = d.pop("en")

        is_on = d.pop("is_on")

        is_critical = d.pop("is_critical")

        has_amount = d.pop("has_amount")

        def _parse_above(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        above = _parse_above(d.pop("above"))

        def _parse_webhook_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        webhook_type = _parse_webhook_type(d.pop("webhook_type"))

        shown_kind = cls(
            name=name,
            family=family,
            ru=ru,
            en=en,
            is_on=is_on,
            is_critical=is_critical,
            has_amount=has_amount,
            above=above,
            webhook_type=webhook_type,
        )

        shown_kind.additional_properties = d
        return shown_kind

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
