from typing import Literal

ChangeRoleRole = Literal["analyst", "manager", "viewer"]

CHANGE_ROLE_ROLE_VALUES: set[ChangeRoleRole] = {
    "analyst",
    "manager",
    "viewer",
}


def check_change_role_role(value: str) -> ChangeRoleRole:
    if value in CHANGE_ROLE_ROLE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHANGE_ROLE_ROLE_VALUES!r}")
