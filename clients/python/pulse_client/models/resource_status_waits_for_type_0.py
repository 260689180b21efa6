from typing import Literal

ResourceStatusWaitsForType0 = Literal["limits", "other_source", "schedule", "token", "turn", "wildberries"]

RESOURCE_STATUS_WAITS_FOR_TYPE_0_VALUES: set[ResourceStatusWaitsForType0] = {
    "limits",
    "other_source",
    "schedule",
    "token",
    "turn",
    "wildberries",
}


def check_resource_status_waits_for_type_0(value: str) -> ResourceStatusWaitsForType0:
    if value in RESOURCE_STATUS_WAITS_FOR_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_STATUS_WAITS_FOR_TYPE_0_VALUES!r}")
