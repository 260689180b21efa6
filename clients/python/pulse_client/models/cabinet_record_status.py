from typing import Literal

CabinetRecordStatus = Literal["suspended", "unchecked", "verified"]

CABINET_RECORD_STATUS_VALUES: set[CabinetRecordStatus] = {
    "suspended",
    "unchecked",
    "verified",
}


def check_cabinet_record_status(value: str) -> CabinetRecordStatus:
    if value in CABINET_RECORD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CABINET_RECORD_STATUS_VALUES!r}")
