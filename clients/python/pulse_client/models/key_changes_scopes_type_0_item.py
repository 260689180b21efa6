from typing import Literal

KeyChangesScopesType0Item = Literal["admin", "read", "write"]

KEY_CHANGES_SCOPES_TYPE_0_ITEM_VALUES: set[KeyChangesScopesType0Item] = {
    "admin",
    "read",
    "write",
}


def check_key_changes_scopes_type_0_item(value: str) -> KeyChangesScopesType0Item:
    if value in KEY_CHANGES_SCOPES_TYPE_0_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KEY_CHANGES_SCOPES_TYPE_0_ITEM_VALUES!r}")
