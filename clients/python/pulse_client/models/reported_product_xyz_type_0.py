from typing import Literal

ReportedProductXyzType0 = Literal["X", "Y", "Z"]

REPORTED_PRODUCT_XYZ_TYPE_0_VALUES: set[ReportedProductXyzType0] = {
    "X",
    "Y",
    "Z",
}


def check_reported_product_xyz_type_0(value: str) -> ReportedProductXyzType0:
    if value in REPORTED_PRODUCT_XYZ_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPORTED_PRODUCT_XYZ_TYPE_0_VALUES!r}")
