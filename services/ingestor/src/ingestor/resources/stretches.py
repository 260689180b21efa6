"""Stretches of time, as WB's methods take them: cut into windows, and as days of Moscow."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from ingestor.resources.resource import Stretch
from ingestor.wb.times import moscow_day, moscow_midnight

_INSTANT = timedelta(microseconds=1)


def windows_of(longest: timedelta) -> Callable[[Stretch, datetime], list[Stretch]]:
    """Cuts a stretch into windows, none longer than that, the newest first."""

    def cut(stretch: Stretch, now: datetime) -> list[Stretch]:
        since, until = stretch
        windows = []
        while until > since:
            windows.append((max(since, until - longest), until))
            until = windows[-1][0]
        return windows

    return cut


def kept_for(length: timedelta) -> Callable[[datetime], datetime]:
    """WB has rows of that time before any moment."""
    return lambda now: now - length


def kept_since(day: date) -> Callable[[datetime], datetime]:
    """WB has rows since that day."""
    return lambda now: moscow_midnight(day).astimezone(UTC)


def first_and_last_day(stretch: Stretch, now: datetime) -> tuple[date, date]:
    """The Moscow days that a stretch touches, none of which is yet to come."""
    since, until = stretch
    last = moscow_day(min(until - _INSTANT, now))
    return min(moscow_day(since), last), last


def by_day(stretch: Stretch, now: datetime) -> list[Stretch]:
    """The Moscow days of a stretch, the newest first."""
    first, last = first_and_last_day(stretch, now)
    days = (last - timedelta(days=n) for n in range((last - first).days + 1))
    return [(moscow_midnight(day), moscow_midnight(day + timedelta(days=1))) for day in days]
