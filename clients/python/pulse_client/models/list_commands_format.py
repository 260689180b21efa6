from typing import Literal

ListCommandsFormat = Literal["csv", "json", "xlsx"]

LIST_COMMANDS_FORMAT_VALUES: set[ListCommandsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_commands_format(value: str) -> ListCommandsFormat:
    if value in LIST_COMMANDS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_COMMANDS_FORMAT_VALUES!r}")
