from typing import Literal

PerformanceSort = Literal["-cancelled", "-orders", "-orders_sum", "-sales", "-sales_sum"]

PERFORMANCE_SORT_VALUES: set[PerformanceSort] = {
    "-cancelled",
    "-orders",
    "-orders_sum",
    "-sales",
    "-sales_sum",
}


def check_performance_sort(value: str) -> PerformanceSort:
    if value in PERFORMANCE_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PERFORMANCE_SORT_VALUES!r}")
