from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.effective_union_quiet_none_type_level import (
    EffectiveUnionQuietNoneTypeLevel,
    check_effective_union_quiet_none_type_level,
)

if TYPE_CHECKING:
    from ..models.quiet import Quiet
    from ..models.said_at_union_quiet_none_type import SaidAtUnionQuietNoneType


T = TypeVar("T", bound="EffectiveUnionQuietNoneType")


@_attrs_define
class EffectiveUnionQuietNoneType:
    value: None | Quiet
    level: EffectiveUnionQuietNoneTypeLevel
    levels: list[SaidAtUnionQuietNoneType]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.quiet import Quiet  # noqa: PLC0415

        value: dict[str, Any] | None
        if isinstance(self.value, Quiet):
            value = self.value.to_dict()
        else:
            value = self.value

        level: str = self.level

        levels = []
        for levels_item_data in self.levels:
            levels_item = levels_item_data.to_dict()
            levels.append(levels_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "value": value,
                "level": level,
                "levels": levels,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.quiet import Quiet  # noqa: PLC0415
        from ..models.said_at_union_quiet_none_type import SaidAtUnionQuietNoneType  # noqa: PLC0415

        d = dict(src_dict)

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

        level = check_effective_union_quiet_none_type_level(d.pop("level"))

        levels = []
        _levels = d.pop("levels")
        for levels_item_data in _levels:
            levels_item = SaidAtUnionQuietNoneType.from_dict(levels_item_data)

            levels.append(levels_item)

        effective_union_quiet_none_type = cls(
            value=value,
            level=level,
            levels=levels,
        )

        effective_union_quiet_none_type.additional_properties = d
        return effective_union_quiet_none_type

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
