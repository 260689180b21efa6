from typing import Literal

WbCommandState = Literal["cancelled", "confirmed", "refused", "requested", "sent", "unknown"]

WB_COMMAND_STATE_VALUES: set[WbCommandState] = {
    "cancelled",
    "confirmed",
    "refused",
    "requested",
    "sent",
    "unknown",
}


def check_wb_command_state(value: str) -> WbCommandState:
    if value in WB_COMMAND_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WB_COMMAND_STATE_VALUES!r}")
