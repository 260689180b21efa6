from typing import Literal

ListTaxesFormat = Literal["csv", "json", "xlsx"]

LIST_TAXES_FORMAT_VALUES: set[ListTaxesFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_taxes_format(value: str) -> ListTaxesFormat:
    if value in LIST_TAXES_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_TAXES_FORMAT_VALUES!r}")
