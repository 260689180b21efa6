from typing import Literal

ResourceFreshnessEveryBecauseType0 = Literal["dormant", "limits", "schedule", "sharing"]

RESOURCE_FRESHNESS_EVERY_BECAUSE_TYPE_0_VALUES: set[ResourceFreshnessEveryBecauseType0] = {
    "dormant",
    "limits",
    "schedule",
    "sharing",
}


def check_resource_freshness_every_because_type_0(value: str) -> ResourceFreshnessEveryBecauseType0:
    if value in RESOURCE_FRESHNESS_EVERY_BECAUSE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOURCE_FRESHNESS_EVERY_BECAUSE_TYPE_0_VALUES!r}")
