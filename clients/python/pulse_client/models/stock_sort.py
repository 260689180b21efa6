from typing import Literal

StockSort = Literal["-nm_id", "-replenish", "days_left", "nm_id"]

STOCK_SORT_VALUES: set[StockSort] = {
    "-nm_id",
    "-replenish",
    "days_left",
    "nm_id",
}


def check_stock_sort(value: str) -> StockSort:
    if value in STOCK_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STOCK_SORT_VALUES!r}")
