from typing import Literal

ListLeadTimesFormat = Literal["csv", "json", "xlsx"]

LIST_LEAD_TIMES_FORMAT_VALUES: set[ListLeadTimesFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_lead_times_format(value: str) -> ListLeadTimesFormat:
    if value in LIST_LEAD_TIMES_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_LEAD_TIMES_FORMAT_VALUES!r}")
