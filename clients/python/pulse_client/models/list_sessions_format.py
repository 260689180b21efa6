from typing import Literal

ListSessionsFormat = Literal["csv", "json", "xlsx"]

LIST_SESSIONS_FORMAT_VALUES: set[ListSessionsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_sessions_format(value: str) -> ListSessionsFormat:
    if value in LIST_SESSIONS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_SESSIONS_FORMAT_VALUES!r}")
