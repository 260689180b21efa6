from typing import Literal

ToldWhyChannel = Literal["email", "firebase", "telegram", "webhook", "webpush"]

TOLD_WHY_CHANNEL_VALUES: set[ToldWhyChannel] = {
    "email",
    "firebase",
    "telegram",
    "webhook",
    "webpush",
}


def check_told_why_channel(value: str) -> ToldWhyChannel:
    if value in TOLD_WHY_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOLD_WHY_CHANNEL_VALUES!r}")
