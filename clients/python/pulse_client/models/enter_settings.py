from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.enter_settings_language import (
    EnterSettingsLanguage,
    check_enter_settings_language,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.enter_mute import EnterMute
    from ..models.enter_rule import EnterRule


T = TypeVar("T", bound="EnterSettings")


@_attrs_define
class EnterSettings:
    """All of it, whatever was before."""

    language: EnterSettingsLanguage | Unset = "ru"
    zone: str | Unset = "Europe/Moscow"
    """ IANA name of a time zone """
    rules: list[EnterRule] | Unset = UNSET
    mutes: list[EnterMute] | Unset = UNSET
    revision: int | None | Unset = UNSET
    """ the one that it replaces; null: whichever is there """

    def to_dict(self) -> dict[str, Any]:
        language: str | Unset = UNSET
        if not isinstance(self.language, Unset):
            language = self.language

        zone = self.zone

        rules: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.rules, Unset):
            rules = []
            for rules_item_data in self.rules:
                rules_item = rules_item_data.to_dict()
                rules.append(rules_item)

        mutes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.mutes, Unset):
            mutes = []
            for mutes_item_data in self.mutes:
                mutes_item = mutes_item_data.to_dict()
                mutes.append(mutes_item)

        revision: int | None | Unset
        if isinstance(self.revision, Unset):
            revision = UNSET
        else:
            revision = self.revision

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if language is not UNSET:
            field_dict["language"] = language
        if zone is not UNSET:
            field_dict["zone"] = zone
        if rules is not UNSET:
            field_dict["rules"] = rules
        if mutes is not UNSET:
            field_dict["mutes"] = mutes
        if revision is not UNSET:
            field_dict["revision"] = revision

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.enter_mute import EnterMute  # noqa: PLC0415
        from ..models.enter_rule import EnterRule  # noqa: PLC0415

        d = dict(src_dict)
        _language = d.pop("language", UNSET)
        language: EnterSettingsLanguage | Unset
        if isinstance(_language, Unset):
            language = UNSET
        else:
            language = check_enter_settings_language(_language)

        zone = d.pop("zone", UNSET)

        _rules = d.pop("rules", UNSET)
        rules: list[EnterRule] | Unset = UNSET
        if _rules is not UNSET:
            rules = []
            for rules_item_data in _rules:
                rules_item = EnterRule.from_dict(rules_item_data)

                rules.append(rules_item)

        _mutes = d.pop("mutes", UNSET)
        mutes: list[EnterMute] | Unset = UNSET
        if _mutes is not UNSET:
            mutes = []
            for mutes_item_data in _mutes:
                mutes_item = EnterMute.from_dict(mutes_item_data)

                mutes.append(mutes_item)

        def _parse_revision(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        revision = _parse_revision(d.pop("revision", UNSET))

        enter_settings = cls(
            language=language,
            zone=zone,
            rules=rules,
            mutes=mutes,
            revision=revision,
        )

        return enter_settings
