"""Moscow days as moments."""

from datetime import date, datetime, time, timedelta

from contracts.model import MOSCOW


def begin_of(day: date | None) -> datetime | None:
    """The moment at which the day begins; none of none, and of the first day there is: nothing is before it."""
    return None if day is None or day == date.min else datetime.combine(day, time.min, MOSCOW)


def end_of(day: date | None) -> datetime | None:
    """The moment at which the day is over; none of none, and of the last day there is: nothing is after it."""
    return None if day is None or day == date.max else datetime.combine(day + timedelta(days=1), time.min, MOSCOW)
