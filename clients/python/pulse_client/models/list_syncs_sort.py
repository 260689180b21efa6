from typing import Literal

ListSyncsSort = Literal['["id","ASC"]', '["id","DESC"]', '["requested_at","ASC"]', '["requested_at","DESC"]']

LIST_SYNCS_SORT_VALUES: set[ListSyncsSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
    '["requested_at","ASC"]',
    '["requested_at","DESC"]',
}


def check_list_syncs_sort(value: str) -> ListSyncsSort:
    if value in LIST_SYNCS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_SYNCS_SORT_VALUES!r}")
