"""WB's hosts as path prefixes, the token category each asks for, and the bit of that category."""

CATEGORY_BITS = {
    "content": 1,
    "analytics": 2,
    "prices": 3,
    "marketplace": 4,
    "statistics": 5,
    "promotion": 6,
    "feedbacks": 7,
    "chat": 9,
    "supplies": 10,
    "returns": 11,
    "documents": 12,
    "finance": 13,
    "users": 16,
}
READ_ONLY_BIT = 30

HOSTS: dict[str, str | None] = {
    "common-api": None,
    "content-api": "content",
    "content-api-sandbox": "content",
    "discounts-prices-api": "prices",
    "discounts-prices-api-sandbox": "prices",
    "marketplace-api": "marketplace",
    "marketplace-api-sandbox": "marketplace",
    "statistics-api": "statistics",
    "seller-analytics-api": "analytics",
    "advert-api": "promotion",
    "feedbacks-api": "feedbacks",
    "feedbacks-api-sandbox": "feedbacks",
    "returns-api": "returns",
    "buyer-chat-api": "chat",
    "supplies-api": "supplies",
    "documents-api": "documents",
    "finance-api": "finance",
    "user-management-api": "users",
    "webhooks-api": None,
}


def split_host(path: str) -> tuple[str | None, str]:
    """The host prefix of a path, None without one, and the path as that host sees it."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (first, f"/{rest}") if first in HOSTS else (None, path)
