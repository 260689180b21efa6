from typing import Literal

GetEffectiveSettingsChannel = Literal["email", "firebase", "telegram", "webpush"]

GET_EFFECTIVE_SETTINGS_CHANNEL_VALUES: set[GetEffectiveSettingsChannel] = {
    "email",
    "firebase",
    "telegram",
    "webpush",
}


def check_get_effective_settings_channel(value: str) -> GetEffectiveSettingsChannel:
    if value in GET_EFFECTIVE_SETTINGS_CHANNEL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_EFFECTIVE_SETTINGS_CHANNEL_VALUES!r}")
