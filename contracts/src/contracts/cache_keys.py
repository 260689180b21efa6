"""Redis keys shared by who reads (gateway) and who invalidates (reporter).

An entry lives under its key; a tag names what it was made from. Invalidating a tag kills every entry made
from it (`servicekit.cache`).

The gateway reads orders and lists of them. Nobody reads `product`, `analytics` and `stocks` yet: the gateway has no
endpoint for them. The reporter invalidates them already, so that an endpoint can cache from its first day.
"""

from uuid import UUID

TTL_ORDERS_SECONDS = 5 * 60
TTL_REPORT_SECONDS = 60
"""A report compares to the minute, and says how old everything is."""


def order(order_id: UUID) -> str:
    """One order; its tag is the same string."""
    return f"order:{order_id}"


def order_report(cabinet_id: UUID, order_id: UUID) -> str:
    """The report of one order."""
    return f"order_report:{cabinet_id}:{order_id}"


def product(cabinet_id: UUID, nm_id: int) -> str:
    return f"product:{cabinet_id}:{nm_id}"


def analytics(cabinet_id: UUID, nm_id: int, period_days: int) -> str:
    return f"analytics:{cabinet_id}:{nm_id}:{period_days}"


def item_figures(cabinet_id: UUID, nm_id: int) -> str:
    """The sections of an item; also the tag of what is made from any of them (nm_id 0: the cabinet's)."""
    return f"item_figures:{cabinet_id}:{nm_id}"


def stocks(cabinet_id: UUID, nm_id: int) -> str:
    return f"stocks:{cabinet_id}:{nm_id}"


def user_orders(user_id: int, query: str) -> str:
    """A page of a user's orders; `query` spells the cabinet, the cursor and the limit."""
    return f"user_orders:{user_id}:{query}"


def cabinet_orders_tag(cabinet_id: UUID) -> str:
    """What every order list of a cabinet is made from."""
    return f"cabinet_orders:{cabinet_id}"


def cabinet_items_tag(cabinet_id: UUID) -> str:
    """What every list of a cabinet's items is made from: cards, prices, sections and periods."""
    return f"cabinet_items:{cabinet_id}"


def cabinet_sources_tag(cabinet_id: UUID) -> str:
    """Which of a cabinet's sources are late."""
    return f"cabinet_sources:{cabinet_id}"
