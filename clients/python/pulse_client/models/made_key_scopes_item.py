from typing import Literal

MadeKeyScopesItem = Literal["admin", "read", "write"]

MADE_KEY_SCOPES_ITEM_VALUES: set[MadeKeyScopesItem] = {
    "admin",
    "read",
    "write",
}


def check_made_key_scopes_item(value: str) -> MadeKeyScopesItem:
    if value in MADE_KEY_SCOPES_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MADE_KEY_SCOPES_ITEM_VALUES!r}")
