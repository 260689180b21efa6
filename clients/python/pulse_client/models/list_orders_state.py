from typing import Literal

ListOrdersState = Literal["bought", "cancelled", "open", "returned"]

LIST_ORDERS_STATE_VALUES: set[ListOrdersState] = {
    "bought",
    "cancelled",
    "open",
    "returned",
}


def check_list_orders_state(value: str) -> ListOrdersState:
    if value in LIST_ORDERS_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ORDERS_STATE_VALUES!r}")
