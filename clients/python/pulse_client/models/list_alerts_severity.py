from typing import Literal

ListAlertsSeverity = Literal["critical", "info", "warning"]

LIST_ALERTS_SEVERITY_VALUES: set[ListAlertsSeverity] = {
    "critical",
    "info",
    "warning",
}


def check_list_alerts_severity(value: str) -> ListAlertsSeverity:
    if value in LIST_ALERTS_SEVERITY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ALERTS_SEVERITY_VALUES!r}")
