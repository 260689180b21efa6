from typing import Literal

CabinetStatus = Literal["suspended", "unchecked", "verified"]

CABINET_STATUS_VALUES: set[CabinetStatus] = {
    "suspended",
    "unchecked",
    "verified",
}


def check_cabinet_status(value: str) -> CabinetStatus:
    if value in CABINET_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CABINET_STATUS_VALUES!r}")
