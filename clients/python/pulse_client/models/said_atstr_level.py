from typing import Literal

SaidAtstrLevel = Literal["cabinet", "channel", "default", "kind", "user"]

SAID_ATSTR_LEVEL_VALUES: set[SaidAtstrLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_atstr_level(value: str) -> SaidAtstrLevel:
    if value in SAID_ATSTR_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAID_ATSTR_LEVEL_VALUES!r}")
