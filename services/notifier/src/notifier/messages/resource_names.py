"""What sellers call the data that are read of Wildberries, and the categories of a token."""

from collections.abc import Iterable

RESOURCES = {
    "orders": "заказы",
    "order_feed": "заказы",
    "products": "карточки",
    "stocks": "остатки WB",
    "stock_remains": "остатки WB",
    "seller_stocks": "остатки на своих складах",
    "warehouses": "свои склады",
    "offices": "пункты приёма WB",
    "fbs_orders": "сборочные задания",
    "fbs_new_orders": "сборочные задания",
    "fbs_statuses": "сборочные задания",
    "sales": "продажи и возвраты",
    "prices": "цены",
    "tariffs_commission": "тарифы",
    "tariffs_box": "тарифы",
    "tariffs_return": "тарифы",
    "feedbacks": "отзывы",
    "questions": "вопросы",
    "claims": "заявки на возврат",
    "funnel": "воронка продаж",
    "finance": "финансовый отчёт",
    "campaigns": "реклама",
    "campaign_bids": "реклама",
    "campaign_stats": "реклама",
    "campaign_spend": "реклама",
    "campaign_budgets": "реклама",
    "advert_balance": "баланс рекламы",
}

CATEGORIES = {
    "content": "Контент",
    "analytics": "Аналитика",
    "prices": "Цены и скидки",
    "marketplace": "Маркетплейс",
    "statistics": "Статистика",
    "promotion": "Продвижение",
    "feedbacks": "Вопросы и отзывы",
    "chat": "Чат с покупателями",
    "supplies": "Поставки",
    "returns": "Возвраты покупателями",
    "documents": "Документы",
    "finance": "Финансы",
    "users": "Управление пользователями",
}


def in_words(resources: Iterable[str]) -> str:
    """`заказы, остатки WB`: each word once, in the order of the resources."""
    return ", ".join(dict.fromkeys(RESOURCES.get(resource, resource) for resource in resources))


def beginning(resources: Iterable[str]) -> str:
    """The same at the beginning of a sentence: `Остатки WB, цены`."""
    words = in_words(resources)
    return words[:1].upper() + words[1:]
