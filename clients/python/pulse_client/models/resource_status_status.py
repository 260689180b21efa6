from typing import Literal

ResourceStatusStatus = Literal["failing", "running", "suspended", "waiting"]

RESOURCE_STATUS_STATUS_VALUES: set[ResourceStatusStatus] = {
    "failing",
    "running",
    "suspended",
    "waiting",
}


def check_resource_status_status(value: str) -> ResourceStatusStatus:
    if value in RESOURCE_STATUS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_STATUS_STATUS_VALUES!r}")
