from typing import Literal

ListMetaSource = Literal["cache", "database"]

LIST_META_SOURCE_VALUES: set[ListMetaSource] = {
    "cache",
    "database",
}


def check_list_meta_source(value: str) -> ListMetaSource:
    if value in LIST_META_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_META_SOURCE_VALUES!r}")
