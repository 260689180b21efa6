from typing import Literal

ListPreferencesFormat = Literal["csv", "json", "xlsx"]

LIST_PREFERENCES_FORMAT_VALUES: set[ListPreferencesFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_preferences_format(value: str) -> ListPreferencesFormat:
    if value in LIST_PREFERENCES_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_PREFERENCES_FORMAT_VALUES!r}")
