from typing import Literal

ToldStatus = Literal["delivered", "dropped", "failed", "pending", "sending"]

TOLD_STATUS_VALUES: set[ToldStatus] = {
    "delivered",
    "dropped",
    "failed",
    "pending",
    "sending",
}


def check_told_status(value: str) -> ToldStatus:
    if value in TOLD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOLD_STATUS_VALUES!r}")
