from typing import Literal

EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel = Literal[
    "cabinet", "channel", "default", "kind", "user"
]

EFFECTIVE_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES: set[
    EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel
] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level(
    value: str,
) -> EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel:
    if (
        value
        in EFFECTIVE_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES
    ):
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {EFFECTIVE_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES!r}"
    )
