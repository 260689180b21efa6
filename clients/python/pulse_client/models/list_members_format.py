from typing import Literal

ListMembersFormat = Literal["csv", "json", "xlsx"]

LIST_MEMBERS_FORMAT_VALUES: set[ListMembersFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_members_format(value: str) -> ListMembersFormat:
    if value in LIST_MEMBERS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_MEMBERS_FORMAT_VALUES!r}")
