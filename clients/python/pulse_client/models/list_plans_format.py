from typing import Literal

ListPlansFormat = Literal["csv", "json", "xlsx"]

LIST_PLANS_FORMAT_VALUES: set[ListPlansFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_plans_format(value: str) -> ListPlansFormat:
    if value in LIST_PLANS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PLANS_FORMAT_VALUES!r}")
