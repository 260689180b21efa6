"""What sellers call the data that are read of Wildberries."""

from servicekit.translation import msgid

RESOURCES = {
    "orders": msgid("orders"),
    "order_feed": msgid("orders"),
    "products": msgid("cards"),
    "stocks": msgid("stocks at WB"),
    "stock_remains": msgid("stocks at WB"),
    "seller_stocks": msgid("own stocks"),
    "warehouses": msgid("own warehouses"),
    "offices": msgid("WB's offices"),
    "fbs_orders": msgid("assembly tasks"),
    "fbs_new_orders": msgid("assembly tasks"),
    "fbs_statuses": msgid("assembly tasks"),
    "sales": msgid("sales and returns"),
    "prices": msgid("prices"),
    "tariffs_commission": msgid("tariffs"),
    "tariffs_box": msgid("tariffs"),
    "tariffs_return": msgid("tariffs"),
    "feedbacks": msgid("reviews"),
    "questions": msgid("questions"),
    "claims": msgid("claims for returns"),
    "funnel": msgid("the sales funnel"),
    "finance": msgid("the finance report"),
    "campaigns": msgid("adverts"),
    "campaign_bids": msgid("adverts"),
    "campaign_stats": msgid("adverts"),
    "campaign_spend": msgid("adverts"),
    "campaign_budgets": msgid("adverts"),
    "advert_balance": msgid("the balance of adverts"),
}
"""Msgid by resource; the gateway may name others."""
