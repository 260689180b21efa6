from typing import Literal

StockState = Literal["any", "out", "size_out"]

STOCK_STATE_VALUES: set[StockState] = {
    "any",
    "out",
    "size_out",
}


def check_stock_state(value: str) -> StockState:
    if value in STOCK_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STOCK_STATE_VALUES!r}")
