from typing import Literal

MarkState = Literal["acknowledged", "resolved", "snoozed"]

MARK_STATE_VALUES: set[MarkState] = {
    "acknowledged",
    "resolved",
    "snoozed",
}


def check_mark_state(value: str) -> MarkState:
    if value in MARK_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MARK_STATE_VALUES!r}")
