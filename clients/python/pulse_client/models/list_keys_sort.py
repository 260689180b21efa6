from typing import Literal

ListKeysSort = Literal['["id","ASC"]', '["id","DESC"]']

LIST_KEYS_SORT_VALUES: set[ListKeysSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
}


def check_list_keys_sort(value: str) -> ListKeysSort:
    if value in LIST_KEYS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_KEYS_SORT_VALUES!r}")
