from typing import Literal

ProductSort = Literal["-nm_id", "-updated_at", "nm_id", "updated_at"]

PRODUCT_SORT_VALUES: set[ProductSort] = {
    "-nm_id",
    "-updated_at",
    "nm_id",
    "updated_at",
}


def check_product_sort(value: str) -> ProductSort:
    if value in PRODUCT_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PRODUCT_SORT_VALUES!r}")
