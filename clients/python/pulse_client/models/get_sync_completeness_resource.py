from typing import Literal

GetSyncCompletenessResource = Literal[
    "advert_balance",
    "campaign_bids",
    "campaign_budgets",
    "campaign_spend",
    "campaign_stats",
    "campaigns",
    "claims",
    "fbs_new_orders",
    "fbs_orders",
    "fbs_statuses",
    "feedbacks",
    "finance",
    "funnel",
    "offices",
    "order_feed",
    "orders",
    "prices",
    "products",
    "questions",
    "sales",
    "seller_stocks",
    "stock_remains",
    "stocks",
    "tariffs_box",
    "tariffs_commission",
    "tariffs_return",
    "warehouses",
]

GET_SYNC_COMPLETENESS_RESOURCE_VALUES: set[GetSyncCompletenessResource] = {
    "advert_balance",
    "campaign_bids",
    "campaign_budgets",
    "campaign_spend",
    "campaign_stats",
    "campaigns",
    "claims",
    "fbs_new_orders",
    "fbs_orders",
    "fbs_statuses",
    "feedbacks",
    "finance",
    "funnel",
    "offices",
    "order_feed",
    "orders",
    "prices",
    "products",
    "questions",
    "sales",
    "seller_stocks",
    "stock_remains",
    "stocks",
    "tariffs_box",
    "tariffs_commission",
    "tariffs_return",
    "warehouses",
}


def check_get_sync_completeness_resource(value: str) -> GetSyncCompletenessResource:
    if value in GET_SYNC_COMPLETENESS_RESOURCE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_SYNC_COMPLETENESS_RESOURCE_VALUES!r}")
