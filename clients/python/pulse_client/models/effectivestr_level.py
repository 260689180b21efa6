from typing import Literal

EffectivestrLevel = Literal["cabinet", "channel", "default", "kind", "user"]

EFFECTIVESTR_LEVEL_VALUES: set[EffectivestrLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effectivestr_level(value: str) -> EffectivestrLevel:
    if value in EFFECTIVESTR_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVESTR_LEVEL_VALUES!r}")
