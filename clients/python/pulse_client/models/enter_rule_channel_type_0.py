from typing import Literal

EnterRuleChannelType0 = Literal["email", "firebase", "telegram", "webpush"]

ENTER_RULE_CHANNEL_TYPE_0_VALUES: set[EnterRuleChannelType0] = {
    "email",
    "firebase",
    "telegram",
    "webpush",
}


def check_enter_rule_channel_type_0(value: str) -> EnterRuleChannelType0:
    if value in ENTER_RULE_CHANNEL_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ENTER_RULE_CHANNEL_TYPE_0_VALUES!r}")
