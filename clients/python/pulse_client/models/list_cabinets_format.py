from typing import Literal

ListCabinetsFormat = Literal["csv", "json", "xlsx"]

LIST_CABINETS_FORMAT_VALUES: set[ListCabinetsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_cabinets_format(value: str) -> ListCabinetsFormat:
    if value in LIST_CABINETS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_CABINETS_FORMAT_VALUES!r}")
