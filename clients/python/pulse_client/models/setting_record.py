from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SettingRecord")


@_attrs_define
class SettingRecord:
    """A setting. What is secret is not shown, only whether it is set."""

    id: str
    """ the environment variable """
    value: None | str
    """ null: not set, or secret """
    is_set: bool
    is_secret: bool
    is_default: bool
    description: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        value: None | str
        value = self.value

        is_set = self.is_set

        is_secret = self.is_secret

        is_default = self.is_default

        description = self.description

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "value": value,
                "is_set": is_set,
                "is_secret": is_secret,
                "is_default": is_default,
                "description": description,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))

        is_set = d.pop("is_set")

        is_secret = d.pop("is_secret")

        is_default = d.pop("is_default")

        description = d.pop("description")

        setting_record = cls(
            id=id,
            value=value,
            is_set=is_set,
            is_secret=is_secret,
            is_default=is_default,
            description=description,
        )

        setting_record.additional_properties = d
        return setting_record

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
