"""What a WB token gives its seller, in the seller's words. Rates are those WB grants to each kind of token."""

from contracts.wb_token import Category, TokenKind

_MINUTE = "заказы и продажи — до раза в минуту, остатки — до 3 раз в минуту"
_HOURS = "заказы — раз в 3 часа, продажи — раз в 2 часа, остатки — только отчётом, до 4 раз в час"

FRESHNESS = {
    TokenKind.PERSONAL: f"Персональный токен: {_MINUTE}.",
    TokenKind.SERVICE: f"Сервисный токен: {_MINUTE}.",
    TokenKind.BASE: f"Базовый токен: {_HOURS}. Чтобы видеть заказы сразу, создайте персональный.",
}

_CANNOT = {
    TokenKind.PERSONAL: (),
    TokenKind.SERVICE: (),
    TokenKind.BASE: ("заказы и продажи последних часов", "остатки на ваших собственных складах"),
}

_OPENED = {
    Category.CONTENT: "карточки товаров",
    Category.ANALYTICS: "остатки и аналитика",
    Category.PRICES: "цены и скидки",
    Category.MARKETPLACE: "сборочные задания FBS",
    Category.STATISTICS: "заказы и продажи",
    Category.PROMOTION: "реклама",
    Category.FEEDBACKS: "отзывы и вопросы",
    Category.FINANCE: "финансовые отчёты",
}


def gives(categories: frozenset[Category]) -> list[str]:
    """What the token opens of what Pulse knows how to show."""
    return [words for category, words in _OPENED.items() if category in categories]


def lacks(categories: frozenset[Category]) -> list[str]:
    """What stays closed until the seller makes a token with more categories."""
    return [words for category, words in _OPENED.items() if category not in categories]


def cannot(kind: TokenKind, *, read_only: bool) -> list[str]:
    """What no token of the kind gives, whatever its categories."""
    return [*_CANNOT[kind], *(["ответы на отзывы и вопросы: токен только для чтения"] if read_only else [])]
