from typing import Literal

RankAbcProfitType0 = Literal["A", "B", "C"]

RANK_ABC_PROFIT_TYPE_0_VALUES: set[RankAbcProfitType0] = {
    "A",
    "B",
    "C",
}


def check_rank_abc_profit_type_0(value: str) -> RankAbcProfitType0:
    if value in RANK_ABC_PROFIT_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RANK_ABC_PROFIT_TYPE_0_VALUES!r}")
