from typing import Literal

ListPerformanceXyz = Literal["X", "Y", "Z"]

LIST_PERFORMANCE_XYZ_VALUES: set[ListPerformanceXyz] = {
    "X",
    "Y",
    "Z",
}


def check_list_performance_xyz(value: str) -> ListPerformanceXyz:
    if value in LIST_PERFORMANCE_XYZ_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PERFORMANCE_XYZ_VALUES!r}")
