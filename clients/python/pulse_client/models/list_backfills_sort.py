from typing import Literal

ListBackfillsSort = Literal['["asked_at","ASC"]', '["asked_at","DESC"]', '["id","ASC"]', '["id","DESC"]']

LIST_BACKFILLS_SORT_VALUES: set[ListBackfillsSort] = {
    '["asked_at","ASC"]',
    '["asked_at","DESC"]',
    '["id","ASC"]',
    '["id","DESC"]',
}


def check_list_backfills_sort(value: str) -> ListBackfillsSort:
    if value in LIST_BACKFILLS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_BACKFILLS_SORT_VALUES!r}")
