from typing import Literal

RankAbcRevenueType0 = Literal["A", "B", "C"]

RANK_ABC_REVENUE_TYPE_0_VALUES: set[RankAbcRevenueType0] = {
    "A",
    "B",
    "C",
}


def check_rank_abc_revenue_type_0(value: str) -> RankAbcRevenueType0:
    if value in RANK_ABC_REVENUE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RANK_ABC_REVENUE_TYPE_0_VALUES!r}")
