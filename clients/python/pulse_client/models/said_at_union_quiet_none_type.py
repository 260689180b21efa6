from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.said_at_union_quiet_none_type_level import (
    SaidAtUnionQuietNoneTypeLevel,
    check_said_at_union_quiet_none_type_level,
)

if TYPE_CHECKING:
    from ..models.quiet import Quiet


T = TypeVar("T", bound="SaidAtUnionQuietNoneType")


@_attrs_define
class SaidAtUnionQuietNoneType:
    level: SaidAtUnionQuietNoneTypeLevel
    value: None | Quiet
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.quiet import Quiet  # noqa: PLC0415

        level: str = self.level

        value: dict[str, Any] | None
        if isinstance(self.value, Quiet):
            value = self.value.to_dict()
        else:
            value = self.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "level": level,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quiet import Quiet  # noqa: PLC0415

        d = dict(src_dict)
        level = check_said_at_union_quiet_none_type_level(d.pop("level"))

        def _parse_value(data: object) -> None | Quiet:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                value_type_0 = Quiet.from_dict(data)

                return value_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Quiet, data)

        value = _parse_value(d.pop("value"))

        said_at_union_quiet_none_type = cls(
            level=level,
            value=value,
        )

        said_at_union_quiet_none_type.additional_properties = d
        return said_at_union_quiet_none_type

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
