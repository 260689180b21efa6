from typing import Literal

AlertState = Literal["any", "open", "resolved", "snoozed"]

ALERT_STATE_VALUES: set[AlertState] = {
    "any",
    "open",
    "resolved",
    "snoozed",
}


def check_alert_state(value: str) -> AlertState:
    if value in ALERT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ALERT_STATE_VALUES!r}")
