from typing import Literal

ListTargetsFormat = Literal["csv", "json", "xlsx"]

LIST_TARGETS_FORMAT_VALUES: set[ListTargetsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_targets_format(value: str) -> ListTargetsFormat:
    if value in LIST_TARGETS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TARGETS_FORMAT_VALUES!r}")
