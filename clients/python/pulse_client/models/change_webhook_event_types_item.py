from typing import Literal

ChangeWebhookEventTypesItem = Literal[
    "*",
    "cabinet.*",
    "cabinet.resumed",
    "cabinet.suspended",
    "cabinet.suspended.v1",
    "cabinet.token_expiring.v1",
    "cabinet.verified.v1",
    "data.*",
    "data.delayed",
    "data.delayed.v1",
    "data.recovered",
    "data.recovered.v1",
    "order.*",
    "order.cancelled",
    "order.changed",
    "order.new",
    "orders.reported.v1",
    "scope.*",
    "scope.refused",
    "scope.restored",
    "sync.*",
    "sync.failed",
    "sync.failed.v1",
    "sync.resumed.v1",
    "token.*",
    "token.expiring",
]

CHANGE_WEBHOOK_EVENT_TYPES_ITEM_VALUES: set[ChangeWebhookEventTypesItem] = {
    "*",
    "cabinet.*",
    "cabinet.resumed",
    "cabinet.suspended",
    "cabinet.suspended.v1",
    "cabinet.token_expiring.v1",
    "cabinet.verified.v1",
    "data.*",
    "data.delayed",
    "data.delayed.v1",
    "data.recovered",
    "data.recovered.v1",
    "order.*",
    "order.cancelled",
    "order.changed",
    "order.new",
    "orders.reported.v1",
    "scope.*",
    "scope.refused",
    "scope.restored",
    "sync.*",
    "sync.failed",
    "sync.failed.v1",
    "sync.resumed.v1",
    "token.*",
    "token.expiring",
}


def check_change_webhook_event_types_item(value: str) -> ChangeWebhookEventTypesItem:
    if value in CHANGE_WEBHOOK_EVENT_TYPES_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHANGE_WEBHOOK_EVENT_TYPES_ITEM_VALUES!r}")
