from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level import (
    EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel,
    check_effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level,
)

if TYPE_CHECKING:
    from ..models.said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
        SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,
    )


T = TypeVar(
    "T",
    bound="EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType",
)


@_attrs_define
class EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType:
    value: None | str
    level: EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel
    levels: list[
        SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType
    ]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        value: None | str
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
        from ..models.said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
            SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,  # noqa: PLC0415
        )

        d = dict(src_dict)

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))

        level = check_effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level(
            d.pop("level")
        )

        levels = []
        _levels = d.pop("levels")
        for levels_item_data in _levels:
            levels_item = SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType.from_dict(
                levels_item_data
            )

            levels.append(levels_item)

        effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type = cls(
            value=value,
            level=level,
            levels=levels,
        )

        effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type.additional_properties = d
        return effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type

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
