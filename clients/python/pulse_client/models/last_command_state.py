from typing import Literal

LastCommandState = Literal["cancelled", "confirmed", "refused", "requested", "sent", "unknown"]

LAST_COMMAND_STATE_VALUES: set[LastCommandState] = {
    "cancelled",
    "confirmed",
    "refused",
    "requested",
    "sent",
    "unknown",
}


def check_last_command_state(value: str) -> LastCommandState:
    if value in LAST_COMMAND_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LAST_COMMAND_STATE_VALUES!r}")
