from typing import Literal

ListOrdersFormat = Literal["csv", "json", "xlsx"]

LIST_ORDERS_FORMAT_VALUES: set[ListOrdersFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_orders_format(value: str) -> ListOrdersFormat:
    if value in LIST_ORDERS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ORDERS_FORMAT_VALUES!r}")
