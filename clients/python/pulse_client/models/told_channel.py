from typing import Literal

ToldChannel = Literal["telegram", "webhook"]

TOLD_CHANNEL_VALUES: set[ToldChannel] = {
    "telegram",
    "webhook",
}


def check_told_channel(value: str) -> ToldChannel:
    if value in TOLD_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOLD_CHANNEL_VALUES!r}")
