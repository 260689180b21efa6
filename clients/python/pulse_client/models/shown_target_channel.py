from typing import Literal

ShownTargetChannel = Literal["email", "firebase", "telegram", "webpush"]

SHOWN_TARGET_CHANNEL_VALUES: set[ShownTargetChannel] = {
    "email",
    "firebase",
    "telegram",
    "webpush",
}


def check_shown_target_channel(value: str) -> ShownTargetChannel:
    if value in SHOWN_TARGET_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SHOWN_TARGET_CHANNEL_VALUES!r}")
