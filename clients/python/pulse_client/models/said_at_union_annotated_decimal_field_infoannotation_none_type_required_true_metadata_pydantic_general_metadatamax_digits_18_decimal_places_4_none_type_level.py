from typing import Literal

SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel = Literal[
    "cabinet", "channel", "default", "kind", "user"
]

SAID_AT_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES: set[
    SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel
] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_at_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type_level(
    value: str,
) -> SaidAtUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneTypeLevel:
    if (
        value
        in SAID_AT_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES
    ):
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {SAID_AT_UNION_ANNOTATED_DECIMAL_FIELD_INFOANNOTATION_NONE_TYPE_REQUIRED_TRUE_METADATA_PYDANTIC_GENERAL_METADATAMAX_DIGITS_18_DECIMAL_PLACES_4_NONE_TYPE_LEVEL_VALUES!r}"
    )
