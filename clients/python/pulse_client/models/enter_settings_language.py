from typing import Literal

EnterSettingsLanguage = Literal["en", "ru"]

ENTER_SETTINGS_LANGUAGE_VALUES: set[EnterSettingsLanguage] = {
    "en",
    "ru",
}


def check_enter_settings_language(value: str) -> EnterSettingsLanguage:
    if value in ENTER_SETTINGS_LANGUAGE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENTER_SETTINGS_LANGUAGE_VALUES!r}")
