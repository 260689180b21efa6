from typing import Literal

ListConfigurationSort = Literal['["id","ASC"]', '["id","DESC"]']

LIST_CONFIGURATION_SORT_VALUES: set[ListConfigurationSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
}


def check_list_configuration_sort(value: str) -> ListConfigurationSort:
    if value in LIST_CONFIGURATION_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_CONFIGURATION_SORT_VALUES!r}")
