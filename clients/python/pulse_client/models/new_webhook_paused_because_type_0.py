from typing import Literal

NewWebhookPausedBecauseType0 = Literal["gone", "unavailable", "user"]

NEW_WEBHOOK_PAUSED_BECAUSE_TYPE_0_VALUES: set[NewWebhookPausedBecauseType0] = {
    "gone",
    "unavailable",
    "user",
}


def check_new_webhook_paused_because_type_0(value: str) -> NewWebhookPausedBecauseType0:
    if value in NEW_WEBHOOK_PAUSED_BECAUSE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_WEBHOOK_PAUSED_BECAUSE_TYPE_0_VALUES!r}")
