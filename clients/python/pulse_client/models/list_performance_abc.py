from typing import Literal

ListPerformanceAbc = Literal["A", "B", "C"]

LIST_PERFORMANCE_ABC_VALUES: set[ListPerformanceAbc] = {
    "A",
    "B",
    "C",
}


def check_list_performance_abc(value: str) -> ListPerformanceAbc:
    if value in LIST_PERFORMANCE_ABC_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PERFORMANCE_ABC_VALUES!r}")
