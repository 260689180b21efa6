from typing import Literal

ListDigestsFormat = Literal["csv", "json", "xlsx"]

LIST_DIGESTS_FORMAT_VALUES: set[ListDigestsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_digests_format(value: str) -> ListDigestsFormat:
    if value in LIST_DIGESTS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_DIGESTS_FORMAT_VALUES!r}")
