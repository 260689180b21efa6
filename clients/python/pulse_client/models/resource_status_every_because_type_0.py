from typing import Literal

ResourceStatusEveryBecauseType0 = Literal["dormant", "limits", "schedule", "sharing"]

RESOURCE_STATUS_EVERY_BECAUSE_TYPE_0_VALUES: set[ResourceStatusEveryBecauseType0] = {
    "dormant",
    "limits",
    "schedule",
    "sharing",
}


def check_resource_status_every_because_type_0(value: str) -> ResourceStatusEveryBecauseType0:
    if value in RESOURCE_STATUS_EVERY_BECAUSE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_STATUS_EVERY_BECAUSE_TYPE_0_VALUES!r}")
