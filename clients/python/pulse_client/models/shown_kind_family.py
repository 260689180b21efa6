from typing import Literal

ShownKindFamily = Literal[
    "cabinet", "cards", "channels", "digests", "money", "orders", "prices", "reviews", "stocks", "team"
]

SHOWN_KIND_FAMILY_VALUES: set[ShownKindFamily] = {
    "cabinet",
    "cards",
    "channels",
    "digests",
    "money",
    "orders",
    "prices",
    "reviews",
    "stocks",
    "team",
}


def check_shown_kind_family(value: str) -> ShownKindFamily:
    if value in SHOWN_KIND_FAMILY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_KIND_FAMILY_VALUES!r}")
