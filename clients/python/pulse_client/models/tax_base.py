from typing import Literal

TaxBase = Literal["income", "income_less_costs"]

TAX_BASE_VALUES: set[TaxBase] = {
    "income",
    "income_less_costs",
}


def check_tax_base(value: str) -> TaxBase:
    if value in TAX_BASE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TAX_BASE_VALUES!r}")
