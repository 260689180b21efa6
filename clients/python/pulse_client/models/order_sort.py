from typing import Literal

OrderSort = Literal["-amount", "-ordered_at", "amount", "ordered_at"]

ORDER_SORT_VALUES: set[OrderSort] = {
    "-amount",
    "-ordered_at",
    "amount",
    "ordered_at",
}


def check_order_sort(value: str) -> OrderSort:
    if value in ORDER_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDER_SORT_VALUES!r}")
