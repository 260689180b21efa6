from typing import Literal

ListAlertsFormat = Literal["csv", "json", "xlsx"]

LIST_ALERTS_FORMAT_VALUES: set[ListAlertsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_alerts_format(value: str) -> ListAlertsFormat:
    if value in LIST_ALERTS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ALERTS_FORMAT_VALUES!r}")
