from typing import Literal

SaidAtintLevel = Literal["cabinet", "channel", "default", "kind", "user"]

SAID_ATINT_LEVEL_VALUES: set[SaidAtintLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_atint_level(value: str) -> SaidAtintLevel:
    if value in SAID_ATINT_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAID_ATINT_LEVEL_VALUES!r}")
