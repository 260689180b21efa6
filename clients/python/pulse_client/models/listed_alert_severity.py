from typing import Literal

ListedAlertSeverity = Literal["critical", "info", "warning"]

LISTED_ALERT_SEVERITY_VALUES: set[ListedAlertSeverity] = {
    "critical",
    "info",
    "warning",
}


def check_listed_alert_severity(value: str) -> ListedAlertSeverity:
    if value in LISTED_ALERT_SEVERITY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LISTED_ALERT_SEVERITY_VALUES!r}")
