from typing import Literal

EffectivetupleintLevel = Literal["cabinet", "channel", "default", "kind", "user"]

EFFECTIVETUPLEINT_LEVEL_VALUES: set[EffectivetupleintLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effectivetupleint_level(value: str) -> EffectivetupleintLevel:
    if value in EFFECTIVETUPLEINT_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVETUPLEINT_LEVEL_VALUES!r}")
