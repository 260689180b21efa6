from typing import Literal

ReportedProductAbcType0 = Literal["A", "B", "C"]

REPORTED_PRODUCT_ABC_TYPE_0_VALUES: set[ReportedProductAbcType0] = {
    "A",
    "B",
    "C",
}


def check_reported_product_abc_type_0(value: str) -> ReportedProductAbcType0:
    if value in REPORTED_PRODUCT_ABC_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPORTED_PRODUCT_ABC_TYPE_0_VALUES!r}")
