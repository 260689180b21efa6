from typing import Literal

CompletenessGapKind = Literal["hidden", "known_elsewhere", "late", "refused"]

COMPLETENESS_GAP_KIND_VALUES: set[CompletenessGapKind] = {
    "hidden",
    "known_elsewhere",
    "late",
    "refused",
}


def check_completeness_gap_kind(value: str) -> CompletenessGapKind:
    if value in COMPLETENESS_GAP_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COMPLETENESS_GAP_KIND_VALUES!r}")
