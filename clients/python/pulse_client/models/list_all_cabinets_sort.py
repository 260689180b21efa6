from typing import Literal

ListAllCabinetsSort = Literal['["id","ASC"]', '["id","DESC"]']

LIST_ALL_CABINETS_SORT_VALUES: set[ListAllCabinetsSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
}


def check_list_all_cabinets_sort(value: str) -> ListAllCabinetsSort:
    if value in LIST_ALL_CABINETS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_ALL_CABINETS_SORT_VALUES!r}")
