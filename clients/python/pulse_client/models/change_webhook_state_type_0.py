from typing import Literal

ChangeWebhookStateType0 = Literal["active", "paused"]

CHANGE_WEBHOOK_STATE_TYPE_0_VALUES: set[ChangeWebhookStateType0] = {
    "active",
    "paused",
}


def check_change_webhook_state_type_0(value: str) -> ChangeWebhookStateType0:
    if value in CHANGE_WEBHOOK_STATE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHANGE_WEBHOOK_STATE_TYPE_0_VALUES!r}")
