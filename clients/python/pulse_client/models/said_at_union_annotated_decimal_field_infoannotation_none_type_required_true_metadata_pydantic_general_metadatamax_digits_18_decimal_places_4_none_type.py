from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level import (
    SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel,
    check_said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level,
)

T = TypeVar(
    "T",
    bound="SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType",
)


@_attrs_define
class SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType:
    level: SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel
    value: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        level: str = self.level

        value: None | str
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
        d = dict(src_dict)
        level = check_said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level(
            d.pop("level")
        )

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))

        said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type = cls(
            level=level,
            value=value,
        )

        said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type.additional_properties = d
        return said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type

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
