from typing import Literal

ListStocksFormat = Literal["csv", "json", "xlsx"]

LIST_STOCKS_FORMAT_VALUES: set[ListStocksFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_stocks_format(value: str) -> ListStocksFormat:
    if value in LIST_STOCKS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_STOCKS_FORMAT_VALUES!r}")
