from typing import Literal

ListCostsFormat = Literal["csv", "json", "xlsx"]

LIST_COSTS_FORMAT_VALUES: set[ListCostsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_costs_format(value: str) -> ListCostsFormat:
    if value in LIST_COSTS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_COSTS_FORMAT_VALUES!r}")
