from typing import Literal

ListOtherCostsFormat = Literal["csv", "json", "xlsx"]

LIST_OTHER_COSTS_FORMAT_VALUES: set[ListOtherCostsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_other_costs_format(value: str) -> ListOtherCostsFormat:
    if value in LIST_OTHER_COSTS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_OTHER_COSTS_FORMAT_VALUES!r}")
