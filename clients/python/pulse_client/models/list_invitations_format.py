from typing import Literal

ListInvitationsFormat = Literal["csv", "json", "xlsx"]

LIST_INVITATIONS_FORMAT_VALUES: set[ListInvitationsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_invitations_format(value: str) -> ListInvitationsFormat:
    if value in LIST_INVITATIONS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_INVITATIONS_FORMAT_VALUES!r}")
