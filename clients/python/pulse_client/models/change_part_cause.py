from typing import Literal

ChangePartCause = Literal["adverts", "calendar", "demand", "gone", "new", "price", "stock"]

CHANGE_PART_CAUSE_VALUES: set[ChangePartCause] = {
    "adverts",
    "calendar",
    "demand",
    "gone",
    "new",
    "price",
    "stock",
}


def check_change_part_cause(value: str) -> ChangePartCause:
    if value in CHANGE_PART_CAUSE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHANGE_PART_CAUSE_VALUES!r}")
