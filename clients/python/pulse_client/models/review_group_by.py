from typing import Literal

ReviewGroupBy = Literal["day", "item"]

REVIEW_GROUP_BY_VALUES: set[ReviewGroupBy] = {
    "day",
    "item",
}


def check_review_group_by(value: str) -> ReviewGroupBy:
    if value in REVIEW_GROUP_BY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REVIEW_GROUP_BY_VALUES!r}")
