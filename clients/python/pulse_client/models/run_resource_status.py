from typing import Literal

RunResourceStatus = Literal["completed", "failed", "queued", "running"]

RUN_RESOURCE_STATUS_VALUES: set[RunResourceStatus] = {
    "completed",
    "failed",
    "queued",
    "running",
}


def check_run_resource_status(value: str) -> RunResourceStatus:
    if value in RUN_RESOURCE_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RUN_RESOURCE_STATUS_VALUES!r}")
