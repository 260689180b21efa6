from typing import Literal

ListProductsFormat = Literal["csv", "json", "xlsx"]

LIST_PRODUCTS_FORMAT_VALUES: set[ListProductsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_products_format(value: str) -> ListProductsFormat:
    if value in LIST_PRODUCTS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PRODUCTS_FORMAT_VALUES!r}")
