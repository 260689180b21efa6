from typing import Literal

SaidAtUnionQuietNoneTypeLevel = Literal["cabinet", "channel", "default", "kind", "user"]

SAID_AT_UNION_QUIET_NONE_TYPE_LEVEL_VALUES: set[SaidAtUnionQuietNoneTypeLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_at_union_quiet_none_type_level(value: str) -> SaidAtUnionQuietNoneTypeLevel:
    if value in SAID_AT_UNION_QUIET_NONE_TYPE_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAID_AT_UNION_QUIET_NONE_TYPE_LEVEL_VALUES!r}")
