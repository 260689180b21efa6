from typing import Literal

OrderState = Literal["bought", "cancelled", "open", "returned"]

ORDER_STATE_VALUES: set[OrderState] = {
    "bought",
    "cancelled",
    "open",
    "returned",
}


def check_order_state(value: str) -> OrderState:
    if value in ORDER_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ORDER_STATE_VALUES!r}")
