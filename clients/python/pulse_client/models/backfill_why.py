from typing import Literal

BackfillWhy = Literal["backfill", "first_load"]

BACKFILL_WHY_VALUES: set[BackfillWhy] = {
    "backfill",
    "first_load",
}


def check_backfill_why(value: str) -> BackfillWhy:
    if value in BACKFILL_WHY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BACKFILL_WHY_VALUES!r}")
