"""When a cabinet's rows are read again at night, and how many days of them: arithmetic only.

A night is of Moscow. Each resource of each cabinet has its own minute of it, always the same, so that the work is
spread and nothing has to be agreed on. What does not fit into one night is read in several, the newest days first.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zlib import crc32

from ingestor.wb.times import moscow_day, moscow_midnight

BEGINS = timedelta(minutes=30)
"""After midnight of Moscow: the day before is over, and what was late by minutes has come."""

LASTS = timedelta(hours=5)
"""Shops sleep, and Wildberries has not made the reports of the day yet."""

SHARE = 0.5
"""Of the calls that a method permits in that time; the rest is for news, which go first anyway."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Night:
    """The days of Moscow that one night reads, `until` not among them, and how many nights are left with this one."""

    since: date
    until: date
    nights: int


def next_turn(now: datetime, of: str) -> datetime:
    """The next moment, later than `now`, at which it is the turn of `of`: at the same time of every night."""
    at = moscow_midnight(moscow_day(now)) + BEGINS + LASTS * (crc32(of.encode()) / 2**32)
    return at if at > now else at + _DAY


def permitted_calls(interval_seconds: float) -> int:
    """How many calls a night may take of a method that gives one back in so many seconds; one always."""
    return max(1, int(LASTS.total_seconds() * SHARE / interval_seconds))


def tonight(first: date, until: date, *, calls: int, permitted: int) -> Night:
    """The newest of the days from `first` on that are left to be read, if all of them take `calls` and so many are
    permitted a night. One day at least, whatever it costs: its reading goes on in the nights after it.
    """
    taken_by_night: list[int] = []
    days, left = (until - first).days, calls
    while days > 0:
        taken = days if left <= permitted else max(1, days * permitted // left)
        left = ceil(left * ((days - taken) / days))
        days -= taken
        taken_by_night.append(taken)
    return Night(until - taken_by_night[0] * _DAY, until, len(taken_by_night))
