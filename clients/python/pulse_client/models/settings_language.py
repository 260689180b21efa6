from typing import Literal

SettingsLanguage = Literal["en", "ru"]

SETTINGS_LANGUAGE_VALUES: set[SettingsLanguage] = {
    "en",
    "ru",
}


def check_settings_language(value: str) -> SettingsLanguage:
    if value in SETTINGS_LANGUAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SETTINGS_LANGUAGE_VALUES!r}")
