from typing import Literal

CabinetChangesStatusType0 = Literal["suspended", "unchecked", "verified"]

CABINET_CHANGES_STATUS_TYPE_0_VALUES: set[CabinetChangesStatusType0] = {
    "suspended",
    "unchecked",
    "verified",
}


def check_cabinet_changes_status_type_0(value: str) -> CabinetChangesStatusType0:
    if value in CABINET_CHANGES_STATUS_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CABINET_CHANGES_STATUS_TYPE_0_VALUES!r}")
