from typing import Literal

ListToldFormat = Literal["csv", "json", "xlsx"]

LIST_TOLD_FORMAT_VALUES: set[ListToldFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_told_format(value: str) -> ListToldFormat:
    if value in LIST_TOLD_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TOLD_FORMAT_VALUES!r}")
