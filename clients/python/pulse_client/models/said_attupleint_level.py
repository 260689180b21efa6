from typing import Literal

SaidAttupleintLevel = Literal["cabinet", "channel", "default", "kind", "user"]

SAID_ATTUPLEINT_LEVEL_VALUES: set[SaidAttupleintLevel] = {
    "cabinet",
    "channel",
    "default",
    "kind",
    "user",
}


def check_said_attupleint_level(value: str) -> SaidAttupleintLevel:
    if value in SAID_ATTUPLEINT_LEVEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SAID_ATTUPLEINT_LEVEL_VALUES!r}")
