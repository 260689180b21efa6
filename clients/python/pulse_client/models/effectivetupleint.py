from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.effectivetupleint_level import (
    EffectivetupleintLevel,
    check_effectivetupleint_level,
)

if TYPE_CHECKING:
    from ..models.said_attupleint import SaidAttupleint


T = TypeVar("T", bound="Effectivetupleint")


@_attrs_define
class Effectivetupleint:
    value: list[int]
    level: EffectivetupleintLevel
    levels: list[SaidAttupleint]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
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
        from ..models.said_attupleint import SaidAttupleint  # noqa: PLC0415

        d = dict(src_dict)
        value = cast(list[int], d.pop("value"))

        level = check_effectivetupleint_level(d.pop("level"))

        levels = []
        _levels = d.pop("levels")
        for levels_item_data in _levels:
            levels_item = SaidAttupleint.from_dict(levels_item_data)

            levels.append(levels_item)

        effectivetupleint = cls(
            value=value,
            level=level,
            levels=levels,
        )

        effectivetupleint.additional_properties = d
        return effectivetupleint

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
