from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.settings_language import SettingsLanguage, check_settings_language

if TYPE_CHECKING:
    from ..models.mute import Mute
    from ..models.settings_rule import SettingsRule


T = TypeVar("T", bound="Settings")


@_attrs_define
class Settings:
    """What you want to be told, when, and in which words."""

    revision: int
    """ counts from 1 how often they were changed; 0: you have entered none """
    entered_at: datetime.datetime | None
    language: SettingsLanguage
    zone: str
    rules: list[SettingsRule]
    """ those of cabinets that you left are kept and not shown """
    mutes: list[Mute]
    """ that have not ended """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        revision = self.revision

        entered_at: None | str
        if isinstance(self.entered_at, datetime.datetime):
            entered_at = self.entered_at.isoformat()
        else:
            entered_at = self.entered_at

        language: str = self.language

        zone = self.zone

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        mutes = []
        for mutes_item_data in self.mutes:
            mutes_item = mutes_item_data.to_dict()
            mutes.append(mutes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "revision": revision,
                "entered_at": entered_at,
                "language": language,
                "zone": zone,
                "rules": rules,
                "mutes": mutes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mute import Mute  # noqa: PLC0415
        from ..models.settings_rule import SettingsRule  # noqa: PLC0415

        d = dict(src_dict)
        revision = d.pop("revision")

        def _parse_entered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                entered_at_type_0 = datetime.datetime.fromisoformat(data)

                return entered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        entered_at = _parse_entered_at(d.pop("entered_at"))

        language = check_settings_language(d.pop("language"))

        zone = d.pop("zone")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = SettingsRule.from_dict(rules_item_data)

            rules.append(rules_item)

        mutes = []
        _mutes = d.pop("mutes")
        for mutes_item_data in _mutes:
            mutes_item = Mute.from_dict(mutes_item_data)

            mutes.append(mutes_item)

        settings = cls(
            revision=revision,
            entered_at=entered_at,
            language=language,
            zone=zone,
            rules=rules,
            mutes=mutes,
        )

        settings.additional_properties = d
        return settings

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
