from typing import Literal

ChangeSettingsLanguageType0 = Literal["en", "ru"]

CHANGE_SETTINGS_LANGUAGE_TYPE_0_VALUES: set[ChangeSettingsLanguageType0] = {
    "en",
    "ru",
}


def check_change_settings_language_type_0(value: str) -> ChangeSettingsLanguageType0:
    if value in CHANGE_SETTINGS_LANGUAGE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHANGE_SETTINGS_LANGUAGE_TYPE_0_VALUES!r}")
