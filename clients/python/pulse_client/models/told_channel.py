from typing import Literal

ToldChannel = Literal["email", "firebase", "telegram", "webhook", "webpush"]

TOLD_CHANNEL_VALUES: set[ToldChannel] = {
    "email",
    "firebase",
    "telegram",
    "webhook",
    "webpush",
}


def check_told_channel(value: str) -> ToldChannel:
    if value in TOLD_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOLD_CHANNEL_VALUES!r}")
