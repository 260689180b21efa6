from typing import Literal

ListSyncLogsSort = Literal['["id","ASC"]', '["id","DESC"]', '["started_at","ASC"]', '["started_at","DESC"]']

LIST_SYNC_LOGS_SORT_VALUES: set[ListSyncLogsSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
    '["started_at","ASC"]',
    '["started_at","DESC"]',
}


def check_list_sync_logs_sort(value: str) -> ListSyncLogsSort:
    if value in LIST_SYNC_LOGS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_SYNC_LOGS_SORT_VALUES!r}")
