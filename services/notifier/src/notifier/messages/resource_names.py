"""What sellers call the data that are read of Wildberries, and the categories of a token."""

from collections.abc import Iterable

from servicekit.translation import Language, msgid

RESOURCES = {
    "orders": msgid("orders"),
    "order_feed": msgid("orders"),
    "products": msgid("product cards"),
    "stocks": msgid("WB stock"),
    "stock_remains": msgid("WB stock"),
    "seller_stocks": msgid("stock at own warehouses"),
    "warehouses": msgid("own warehouses"),
    "offices": msgid("WB's reception points"),
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
    "claims": msgid("return claims"),
    "funnel": msgid("sales funnel"),
    "finance": msgid("finance report"),
    "campaigns": msgid("adverts"),
    "campaign_bids": msgid("adverts"),
    "campaign_stats": msgid("adverts"),
    "campaign_spend": msgid("adverts"),
    "campaign_budgets": msgid("adverts"),
    "advert_balance": msgid("advert balance"),
}

CATEGORIES = {
    "content": msgid("Content"),
    "analytics": msgid("Analytics"),
    "prices": msgid("Prices and discounts"),
    "marketplace": msgid("Marketplace"),
    "statistics": msgid("Statistics"),
    "promotion": msgid("Promotion"),
    "feedbacks": msgid("Reviews and questions"),
    "chat": msgid("Buyers chat"),
    "supplies": msgid("Supplies"),
    "returns": msgid("Buyers returns"),
    "documents": msgid("Documents"),
    "finance": msgid("Finance"),
    "users": msgid("Users"),
}


def in_words(resources: Iterable[str], language: Language) -> str:
    """`заказы, остатки WB`: each word once, in the order of the resources."""
    return ", ".join(dict.fromkeys(language.text(RESOURCES.get(resource, resource)) for resource in resources))


def beginning(resources: Iterable[str], language: Language) -> str:
    """The same at the beginning of a sentence: `Остатки WB, цены`."""
    words = in_words(resources, language)
    return words[:1].upper() + words[1:]
