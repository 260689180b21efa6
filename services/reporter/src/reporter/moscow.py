"""The Moscow day, in which Wildberries and its sellers count."""

from collections.abc import Callable
from datetime import date, datetime

from contracts.model import MOSCOW

Today = Callable[[], date]
"""The clock that is injected where figures depend on what day it is."""


def day_of(moment: datetime) -> date:
    """The Moscow day a moment falls on: 20:59:59Z belongs to it, 21:00:00Z to the next."""
    return moment.astimezone(MOSCOW).date()


def today() -> date:
    """The current Moscow day."""
    return datetime.now(MOSCOW).date()
