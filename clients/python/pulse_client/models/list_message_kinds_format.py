from typing import Literal

ListMessageKindsFormat = Literal["csv", "json", "xlsx"]

LIST_MESSAGE_KINDS_FORMAT_VALUES: set[ListMessageKindsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_message_kinds_format(value: str) -> ListMessageKindsFormat:
    if value in LIST_MESSAGE_KINDS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_MESSAGE_KINDS_FORMAT_VALUES!r}")
