from typing import Literal

RankXyzType0 = Literal["X", "Y", "Z"]

RANK_XYZ_TYPE_0_VALUES: set[RankXyzType0] = {
    "X",
    "Y",
    "Z",
}


def check_rank_xyz_type_0(value: str) -> RankXyzType0:
    if value in RANK_XYZ_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RANK_XYZ_TYPE_0_VALUES!r}")
