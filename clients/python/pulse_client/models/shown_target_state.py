from typing import Literal

ShownTargetState = Literal["active", "ended", "unconfirmed"]

SHOWN_TARGET_STATE_VALUES: set[ShownTargetState] = {
    "active",
    "ended",
    "unconfirmed",
}


def check_shown_target_state(value: str) -> ShownTargetState:
    if value in SHOWN_TARGET_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_TARGET_STATE_VALUES!r}")
