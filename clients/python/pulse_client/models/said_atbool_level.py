from typing import Literal

SaidAtboolLevel = Literal["cabinet", "channel", "default", "kind", "user"]

SAID_ATBOOL_LEVEL_VALUES: set[SaidAtboolLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_atbool_level(value: str) -> SaidAtboolLevel:
    if value in SAID_ATBOOL_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAID_ATBOOL_LEVEL_VALUES!r}")
