from typing import Literal

PlaceStockSource = Literal["own", "remains", "wb"]

PLACE_STOCK_SOURCE_VALUES: set[PlaceStockSource] = {
    "own",
    "remains",
    "wb",
}


def check_place_stock_source(value: str) -> PlaceStockSource:
    if value in PLACE_STOCK_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLACE_STOCK_SOURCE_VALUES!r}")
