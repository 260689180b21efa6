from typing import Literal

ListPlanProgressFormat = Literal["csv", "json", "xlsx"]

LIST_PLAN_PROGRESS_FORMAT_VALUES: set[ListPlanProgressFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_plan_progress_format(value: str) -> ListPlanProgressFormat:
    if value in LIST_PLAN_PROGRESS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PLAN_PROGRESS_FORMAT_VALUES!r}")
