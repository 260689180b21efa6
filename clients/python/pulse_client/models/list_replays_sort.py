from typing import Literal

ListReplaysSort = Literal['["id","ASC"]', '["id","DESC"]', '["requested_at","ASC"]', '["requested_at","DESC"]']

LIST_REPLAYS_SORT_VALUES: set[ListReplaysSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
    '["requested_at","ASC"]',
    '["requested_at","DESC"]',
}


def check_list_replays_sort(value: str) -> ListReplaysSort:
    if value in LIST_REPLAYS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_REPLAYS_SORT_VALUES!r}")
