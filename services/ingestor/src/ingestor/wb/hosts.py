"""WB's hosts, each of which the environment may point elsewhere."""

from collections.abc import Mapping
from enum import StrEnum

from contracts.wb_token import Category

from ingestor.settings import WbSettings


class Host(StrEnum):
    """A host by its name in the environment (`WB_<NAME>_URL`)."""

    STATISTICS = "statistics"
    CONTENT = "content"
    FEEDBACKS = "feedbacks"
    ANALYTICS = "analytics"
    MARKETPLACE = "marketplace"
    PRICES = "prices"
    COMMON = "common"
    FINANCE = "finance"
    ADVERT = "advert"
    RETURNS = "returns"


_REAL = {
    Host.STATISTICS: "https://statistics-api.wildberries.ru",
    Host.CONTENT: "https://content-api.wildberries.ru",
    Host.FEEDBACKS: "https://feedbacks-api.wildberries.ru",
    Host.ANALYTICS: "https://seller-analytics-api.wildberries.ru",
    Host.MARKETPLACE: "https://marketplace-api.wildberries.ru",
    Host.PRICES: "https://discounts-prices-api.wildberries.ru",
    Host.COMMON: "https://common-api.wildberries.ru",
    Host.FINANCE: "https://finance-api.wildberries.ru",
    Host.ADVERT: "https://advert-api.wildberries.ru",
    Host.RETURNS: "https://returns-api.wildberries.ru",
}

CATEGORIES: Mapping[Host, Category | None] = {
    Host.STATISTICS: Category.STATISTICS,
    Host.CONTENT: Category.CONTENT,
    Host.FEEDBACKS: Category.FEEDBACKS,
    Host.ANALYTICS: Category.ANALYTICS,
    Host.MARKETPLACE: Category.MARKETPLACE,
    Host.PRICES: Category.PRICES,
    Host.COMMON: None,
    Host.FINANCE: Category.FINANCE,
    Host.ADVERT: Category.PROMOTION,
    Host.RETURNS: Category.RETURNS,
}
"""The token category each host asks for."""


def host_urls(settings: WbSettings) -> Mapping[Host, str]:
    """The URL of every host: its own setting, else the one for all, else the real one; no trailing slash."""
    return {
        host: (getattr(settings, f"wb_{host}_url") or settings.wb_api_base_url or real).rstrip("/")
        for host, real in _REAL.items()
    }
