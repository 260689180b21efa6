from typing import Literal

Origin = Literal["backfill", "live", "replay"]

ORIGIN_VALUES: set[Origin] = {
    "backfill",
    "live",
    "replay",
}


def check_origin(value: str) -> Origin:
    if value in ORIGIN_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORIGIN_VALUES!r}")
