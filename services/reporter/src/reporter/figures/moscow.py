"""The Moscow day, in which Wildberries and its sellers count."""

from collections.abc import Callable
from datetime import date, datetime

from contracts.model import MOSCOW

Now = Callable[[], datetime]
Today = Callable[[], date]
"""The clocks that are injected where figures depend on what time, or what day, it is."""


def day_of(moment: datetime) -> date:
    """The Moscow day a moment falls on: 20:59:59Z belongs to it, 21:00:00Z to the next."""
    return moment.astimezone(MOSCOW).date()
