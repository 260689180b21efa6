from typing import Literal

EffectiveSettingsChannel = Literal["email", "firebase", "telegram", "webpush"]

EFFECTIVE_SETTINGS_CHANNEL_VALUES: set[EffectiveSettingsChannel] = {
    "email",
    "firebase",
    "telegram",
    "webpush",
}


def check_effective_settings_channel(value: str) -> EffectiveSettingsChannel:
    if value in EFFECTIVE_SETTINGS_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {EFFECTIVE_SETTINGS_CHANNEL_VALUES!r}")
