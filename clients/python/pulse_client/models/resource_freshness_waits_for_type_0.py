from typing import Literal

ResourceFreshnessWaitsForType0 = Literal["limits", "other_source", "schedule", "token", "turn", "wildberries"]

RESOURCE_FRESHNESS_WAITS_FOR_TYPE_0_VALUES: set[ResourceFreshnessWaitsForType0] = {
    "limits",
    "other_source",
    "schedule",
    "token",
    "turn",
    "wildberries",
}


def check_resource_freshness_waits_for_type_0(value: str) -> ResourceFreshnessWaitsForType0:
    if value in RESOURCE_FRESHNESS_WAITS_FOR_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_FRESHNESS_WAITS_FOR_TYPE_0_VALUES!r}")
