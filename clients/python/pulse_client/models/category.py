from typing import Literal

Category = Literal[
    "analytics",
    "chat",
    "content",
    "documents",
    "feedbacks",
    "finance",
    "marketplace",
    "prices",
    "promotion",
    "returns",
    "statistics",
    "supplies",
    "users",
]

CATEGORY_VALUES: set[Category] = {
    "analytics",
    "chat",
    "content",
    "documents",
    "feedbacks",
    "finance",
    "marketplace",
    "prices",
    "promotion",
    "returns",
    "statistics",
    "supplies",
    "users",
}


def check_category(value: str) -> Category:
    if value in CATEGORY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CATEGORY_VALUES!r}")
