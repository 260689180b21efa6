from typing import Literal

EffectiveboolLevel = Literal["cabinet", "channel", "default", "kind", "user"]

EFFECTIVEBOOL_LEVEL_VALUES: set[EffectiveboolLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_effectivebool_level(value: str) -> EffectiveboolLevel:
    if value in EFFECTIVEBOOL_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVEBOOL_LEVEL_VALUES!r}")
