from typing import Literal

ProductState = Literal["all", "listed", "trashed"]

PRODUCT_STATE_VALUES: set[ProductState] = {
    "all",
    "listed",
    "trashed",
}


def check_product_state(value: str) -> ProductState:
    if value in PRODUCT_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PRODUCT_STATE_VALUES!r}")
