from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.change_settings_language_type_0 import (
    ChangeSettingsLanguageType0,
    check_change_settings_language_type_0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.enter_rule import EnterRule


T = TypeVar("T", bound="ChangeSettings")


@_attrs_define
class ChangeSettings:
    """What is to change; everything else stays as it is."""

    language: ChangeSettingsLanguageType0 | None | Unset = UNSET
    zone: None | str | Unset = UNSET
    rules: list[EnterRule] | Unset = UNSET
    """ of the rule that names the same, what is given is set; null: it says nothing of it any more """
    revision: int | None | Unset = UNSET
    """ the one that it changes; null: whichever is there """

    def to_dict(self) -> dict[str, Any]:
        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        elif isinstance(self.language, str):
            language = self.language
        else:
            language = self.language

        zone: None | str | Unset
        if isinstance(self.zone, Unset):
            zone = UNSET
        else:
            zone = self.zone

        rules: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.rules, Unset):
            rules = []
            for rules_item_data in self.rules:
                rules_item = rules_item_data.to_dict()
                rules.append(rules_item)

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
        if revision is not UNSET:
            field_dict["revision"] = revision

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.enter_rule import EnterRule  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_language(data: object) -> ChangeSettingsLanguageType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                language_type_0 = check_change_settings_language_type_0(data)

                return language_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChangeSettingsLanguageType0 | None | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        def _parse_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        zone = _parse_zone(d.pop("zone", UNSET))

        _rules = d.pop("rules", UNSET)
        rules: list[EnterRule] | Unset = UNSET
        if _rules is not UNSET:
            rules = []
            for rules_item_data in _rules:
                rules_item = EnterRule.from_dict(rules_item_data)

                rules.append(rules_item)

        def _parse_revision(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        revision = _parse_revision(d.pop("revision", UNSET))

        change_settings = cls(
            language=language,
            zone=zone,
            rules=rules,
            revision=revision,
        )

        return change_settings
