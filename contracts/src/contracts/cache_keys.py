"""Redis keys shared by who reads (gateway) and who invalidates (reporter).

An entry lives under its key; a tag names what it was made from. Invalidating a tag kills every entry made
from it (`servicekit.cache`).

The gateway keeps whole answers, one for each user and question (`answer`); the other names are those of tags. Whoever
changes what a tag names invalidates it after the commit: the reporter what it stores, the gateway what it owns.
"""

from uuid import UUID

from contracts.analytics import PERIODS_DAYS

TTL_ORDERS_SECONDS = 5 * 60
TTL_STOCKS_SECONDS = 10 * 60
TTL_ANALYTICS_SECONDS = 15 * 60
TTL_REFERENCE_SECONDS = 30 * 60
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


def cabinet_orders_tag(cabinet_id: UUID) -> str:
    """What every order list of a cabinet is made from."""
    return f"cabinet_orders:{cabinet_id}"


def cabinet_items_tag(cabinet_id: UUID) -> str:
    """What every list of a cabinet's items is made from: cards, prices, sections and periods."""
    return f"cabinet_items:{cabinet_id}"


def cabinet_reviews_tag(cabinet_id: UUID) -> str:
    """What every list of a cabinet's feedbacks is made from."""
    return f"cabinet_reviews:{cabinet_id}"


def cabinet_questions_tag(cabinet_id: UUID) -> str:
    """What every list of the questions about a cabinet's items is made from."""
    return f"cabinet_questions:{cabinet_id}"


def cabinet_sources_tag(cabinet_id: UUID) -> str:
    """Which of a cabinet's sources are late."""
    return f"cabinet_sources:{cabinet_id}"


def order_report_tags(cabinet_id: UUID, order_id: UUID, nm_id: int) -> list[str]:
    """What a report is made from. Today's orders of the whole cabinet stand in it: any order makes it stale."""
    return [
        order(order_id),
        cabinet_orders_tag(cabinet_id),
        product(cabinet_id, nm_id),
        stocks(cabinet_id, nm_id),
        item_figures(cabinet_id, nm_id),
        *(analytics(cabinet_id, nm_id, days) for days in PERIODS_DAYS),
    ]


def answer(user_id: int, question: str) -> str:
    """What a user was answered; `question` is the path and query that was asked."""
    return f"answer:{user_id}:{question}"


def grant_tag(key_hash: bytes) -> str:
    """What an API key allows."""
    return f"grant:{key_hash.hex()}"


def session_tag(session_id: UUID) -> str:
    """What the access tokens of a session allow."""
    return f"session:{session_id}"


def user_tag(user_id: int) -> str:
    """A user's own row: his names."""
    return f"user:{user_id}"


def members_tag(user_id: int) -> str:
    """Which cabinets a user may see."""
    return f"members:{user_id}"


def cabinet_tag(cabinet_id: UUID) -> str:
    """A cabinet's own row: its name, its state at WB, what its token says of itself."""
    return f"cabinet:{cabinet_id}"


def entered_tag(cabinet_id: UUID) -> str:
    """What was entered of a cabinet."""
    return f"entered:{cabinet_id}"


def item_tags(cabinet_id: UUID, nm_id: int) -> list[str]:
    """What everything that is told of one item is made from."""
    return [
        product(cabinet_id, nm_id),
        stocks(cabinet_id, nm_id),
        item_figures(cabinet_id, nm_id),
        *(analytics(cabinet_id, nm_id, days) for days in PERIODS_DAYS),
        cabinet_sources_tag(cabinet_id),
    ]
