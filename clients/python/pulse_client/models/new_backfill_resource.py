from typing import Literal

NewBackfillResource = Literal[
    "campaign_spend",
    "campaign_stats",
    "fbs_orders",
    "feedbacks",
    "finance",
    "funnel",
    "order_feed",
    "orders",
    "questions",
    "sales",
]

NEW_BACKFILL_RESOURCE_VALUES: set[NewBackfillResource] = {
    "campaign_spend",
    "campaign_stats",
    "fbs_orders",
    "feedbacks",
    "finance",
    "funnel",
    "order_feed",
    "orders",
    "questions",
    "sales",
}


def check_new_backfill_resource(value: str) -> NewBackfillResource:
    if value in NEW_BACKFILL_RESOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {NEW_BACKFILL_RESOURCE_VALUES!r}")
