from typing import Literal

MetaSource = Literal["cache", "database"]

META_SOURCE_VALUES: set[MetaSource] = {
    "cache",
    "database",
}


def check_meta_source(value: str) -> MetaSource:
    if value in META_SOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {META_SOURCE_VALUES!r}")
