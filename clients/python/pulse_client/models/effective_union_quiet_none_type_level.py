from typing import Literal

EffectiveUnionQuietNoneTypeLevel = Literal["cabinet", "channel", "default", "kind", "user"]

EFFECTIVE_UNION_QUIET_NONE_TYPE_LEVEL_VALUES: set[EffectiveUnionQuietNoneTypeLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effective_union_quiet_none_type_level(value: str) -> EffectiveUnionQuietNoneTypeLevel:
    if value in EFFECTIVE_UNION_QUIET_NONE_TYPE_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVE_UNION_QUIET_NONE_TYPE_LEVEL_VALUES!r}")
