from typing import Literal

ReportedProductAbcProfitType0 = Literal["A", "B", "C"]

REPORTED_PRODUCT_ABC_PROFIT_TYPE_0_VALUES: set[ReportedProductAbcProfitType0] = {
    "A",
    "B",
    "C",
}


def check_reported_product_abc_profit_type_0(value: str) -> ReportedProductAbcProfitType0:
    if value in REPORTED_PRODUCT_ABC_PROFIT_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPORTED_PRODUCT_ABC_PROFIT_TYPE_0_VALUES!r}")
