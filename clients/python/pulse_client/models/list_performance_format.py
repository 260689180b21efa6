from typing import Literal

ListPerformanceFormat = Literal["csv", "json", "xlsx"]

LIST_PERFORMANCE_FORMAT_VALUES: set[ListPerformanceFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_performance_format(value: str) -> ListPerformanceFormat:
    if value in LIST_PERFORMANCE_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PERFORMANCE_FORMAT_VALUES!r}")
