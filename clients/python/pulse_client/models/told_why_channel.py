from typing import Literal

ToldWhyChannel = Literal["telegram", "webhook"]

TOLD_WHY_CHANNEL_VALUES: set[ToldWhyChannel] = {
    "telegram",
    "webhook",
}


def check_told_why_channel(value: str) -> ToldWhyChannel:
    if value in TOLD_WHY_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOLD_WHY_CHANNEL_VALUES!r}")
