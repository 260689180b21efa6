from typing import Literal

InviteRole = Literal["analyst", "manager", "viewer"]

INVITE_ROLE_VALUES: set[InviteRole] = {
    "analyst",
    "manager",
    "viewer",
}


def check_invite_role(value: str) -> InviteRole:
    if value in INVITE_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {INVITE_ROLE_VALUES!r}")
