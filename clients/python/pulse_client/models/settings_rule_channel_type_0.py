from typing import Literal

SettingsRuleChannelType0 = Literal["email", "firebase", "telegram", "webpush"]

SETTINGS_RULE_CHANNEL_TYPE_0_VALUES: set[SettingsRuleChannelType0] = {
    "email",
    "firebase",
    "telegram",
    "webpush",
}


def check_settings_rule_channel_type_0(value: str) -> SettingsRuleChannelType0:
    if value in SETTINGS_RULE_CHANNEL_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SETTINGS_RULE_CHANNEL_TYPE_0_VALUES!r}")
