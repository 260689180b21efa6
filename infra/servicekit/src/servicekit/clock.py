"""The time by the database's clock, which all services share.

What is due, leased or old is compared in SQL, by the database's own clock. But services also write times of their own:
into events, whose order decides which token, verdict or disconnection is the last one, and into rows that SQL compares.
Clocks of machines differ, by minutes where nobody sets them; by this one they do not.
"""

import time
from datetime import UTC, datetime

import structlog

log = structlog.get_logger()

TOLERANCE_SECONDS = 1.0
"""What differs by less is left alone, so that time does not go back and forth by what a measurement is off."""

wall = time.time
"""This machine's clock, in Unix seconds."""

_difference_seconds = 0.0


def now() -> datetime:
    """The database's time, as far as `correct` was told of it; until then this machine's."""
    return datetime.fromtimestamp(wall() + _difference_seconds, UTC)


def correct(told: float, *, asked_at: float, answered_at: float) -> None:
    """Go by a clock that told this time, in Unix seconds, when it was asked between these two of `wall`."""
    global _difference_seconds  # noqa: PLW0603  # a process has one clock
    measured = told - (asked_at + answered_at) / 2
    if abs(measured - _difference_seconds) > TOLERANCE_SECONDS + (answered_at - asked_at):
        log.warning("clock.differs", database_ahead_seconds=round(measured, 3))
        _difference_seconds = measured
