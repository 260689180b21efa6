from typing import Literal

KeyRecordScopesItem = Literal["admin", "read", "write"]

KEY_RECORD_SCOPES_ITEM_VALUES: set[KeyRecordScopesItem] = {
    "admin",
    "read",
    "write",
}


def check_key_record_scopes_item(value: str) -> KeyRecordScopesItem:
    if value in KEY_RECORD_SCOPES_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KEY_RECORD_SCOPES_ITEM_VALUES!r}")
