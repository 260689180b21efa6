from typing import Literal

CabinetDetailsStatus = Literal["suspended", "unchecked", "verified"]

CABINET_DETAILS_STATUS_VALUES: set[CabinetDetailsStatus] = {
    "suspended",
    "unchecked",
    "verified",
}


def check_cabinet_details_status(value: str) -> CabinetDetailsStatus:
    if value in CABINET_DETAILS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CABINET_DETAILS_STATUS_VALUES!r}")
