"""Periods of days beside as many days before."""

from datetime import date, timedelta
from enum import IntEnum

from contracts.model import Model


class PeriodDays(IntEnum):
    """Days of a period that is kept counted, up to today: `contracts.analytics.PERIODS_DAYS`."""

    WEEK = 7
    TWO_WEEKS = 14
    MONTH = 30
    TWO_MONTHS = 60
    QUARTER = 90


class ComparedDays(Model):
    """Days, all included, and as many before."""

    days: int
    first_day: date
    last_day: date
    previous_first_day: date
    previous_last_day: date

    @classmethod
    def up_to(cls, last_day: date, days: int) -> "ComparedDays":
        """So many days that end with this one."""
        first_day = last_day - timedelta(days=days - 1)
        return cls(
            days=days,
            first_day=first_day,
            last_day=last_day,
            previous_first_day=first_day - timedelta(days=days),
            previous_last_day=first_day - timedelta(days=1),
        )
