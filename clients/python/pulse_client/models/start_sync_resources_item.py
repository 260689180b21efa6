from typing import Literal

StartSyncResourcesItem = Literal[
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

START_SYNC_RESOURCES_ITEM_VALUES: set[StartSyncResourcesItem] = {
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


def check_start_sync_resources_item(value: str) -> StartSyncResourcesItem:
    if value in START_SYNC_RESOURCES_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {START_SYNC_RESOURCES_ITEM_VALUES!r}")
