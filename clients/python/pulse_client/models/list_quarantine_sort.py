from typing import Literal

ListQuarantineSort = Literal['["id","ASC"]', '["id","DESC"]', '["last_seen_at","ASC"]', '["last_seen_at","DESC"]']

LIST_QUARANTINE_SORT_VALUES: set[ListQuarantineSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
    '["last_seen_at","ASC"]',
    '["last_seen_at","DESC"]',
}


def check_list_quarantine_sort(value: str) -> ListQuarantineSort:
    if value in LIST_QUARANTINE_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_QUARANTINE_SORT_VALUES!r}")
