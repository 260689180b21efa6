from typing import Literal

ReportedItselfState = Literal["bought", "cancelled", "open", "returned"]

REPORTED_ITSELF_STATE_VALUES: set[ReportedItselfState] = {
    "bought",
    "cancelled",
    "open",
    "returned",
}


def check_reported_itself_state(value: str) -> ReportedItselfState:
    if value in REPORTED_ITSELF_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPORTED_ITSELF_STATE_VALUES!r}")
