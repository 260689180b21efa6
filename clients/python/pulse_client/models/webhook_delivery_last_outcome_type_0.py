from typing import Literal

WebhookDeliveryLastOutcomeType0 = Literal[
    "broken", "delivered", "held", "rate_limited", "refused", "unanswered", "unavailable", "undeliverable"
]

WEBHOOK_DELIVERY_LAST_OUTCOME_TYPE_0_VALUES: set[WebhookDeliveryLastOutcomeType0] = {
    "broken",
    "delivered",
    "held",
    "rate_limited",
    "refused",
    "unanswered",
    "unavailable",
    "undeliverable",
}


def check_webhook_delivery_last_outcome_type_0(value: str) -> WebhookDeliveryLastOutcomeType0:
    if value in WEBHOOK_DELIVERY_LAST_OUTCOME_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WEBHOOK_DELIVERY_LAST_OUTCOME_TYPE_0_VALUES!r}")
