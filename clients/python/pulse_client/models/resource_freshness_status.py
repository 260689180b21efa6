from typing import Literal

ResourceFreshnessStatus = Literal["failing", "running", "suspended", "waiting"]

RESOURCE_FRESHNESS_STATUS_VALUES: set[ResourceFreshnessStatus] = {
    "failing",
    "running",
    "suspended",
    "waiting",
}


def check_resource_freshness_status(value: str) -> ResourceFreshnessStatus:
    if value in RESOURCE_FRESHNESS_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_FRESHNESS_STATUS_VALUES!r}")
