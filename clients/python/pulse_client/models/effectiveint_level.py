from typing import Literal

EffectiveintLevel = Literal["cabinet", "channel", "default", "kind", "user"]

EFFECTIVEINT_LEVEL_VALUES: set[EffectiveintLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effectiveint_level(value: str) -> EffectiveintLevel:
    if value in EFFECTIVEINT_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVEINT_LEVEL_VALUES!r}")
