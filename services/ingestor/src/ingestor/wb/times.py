"""WB's shapes of time that are read and sent here."""

from datetime import date, datetime, time, timedelta

from contracts.model import MOSCOW

NEVER = "0001-"
"""Statistics writes `0001-01-01T00:00:00` for what has not happened."""

_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_MINUTE = timedelta(minutes=1)


def moment(text: str) -> datetime:
    """The moment of any WB time; one without an offset is Moscow time.

    Raises:
        ValueError: not a time, or not one of this century.
    """
    parsed = datetime.fromisoformat(text)
    if not _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
        raise ValueError(f"the year {parsed.year} is none in which WB sold anything")
    offset = parsed.utcoffset()
    if offset is None:
        # combine is several times faster than replace.
        return datetime.combine(parsed.date(), parsed.time(), MOSCOW)
    if offset % _MINUTE:
        # Events round it, and would tell of another moment than the table.
        raise ValueError("an offset has whole minutes")
    return parsed


def moment_or_never(text: str | None) -> datetime | None:
    """As `moment`; none for nothing and for WB's own "never"."""
    if not text or text.startswith(NEVER):
        return None
    return moment(text)


def day_or_none(text: str | None) -> date | None:
    """As `day`; none for nothing and for WB's own "never"."""
    if not text or text.startswith(NEVER):
        return None
    return day(text)


def day(text: str) -> date:
    """The day that a WB date names, or a time of which WB means the date only (`2025-09-07T00:00:00Z`).

    Raises:
        ValueError: not a date, or not one of this century.
    """
    named = date.fromisoformat(text[: len("2025-09-07")])
    if not _FIRST_YEAR <= named.year <= _LAST_YEAR:
        raise ValueError(f"the year {named.year} is none in which WB sold anything")
    return named


def date_from(at: datetime) -> str:
    """A statistics `dateFrom` that lets through rows of `at` itself, whether WB means "later" or "not earlier".

    WB's texts disagree on it. A millisecond before the moment means the same under both readings, because
    `lastChangeDate` has whole seconds.
    """
    before = at.astimezone(MOSCOW) - timedelta(milliseconds=1)
    return before.replace(tzinfo=None).isoformat(timespec="milliseconds")


def moscow_midnight(day: date) -> datetime:
    """The moment a Moscow day begins at."""
    return datetime.combine(day, time(), MOSCOW)


def moscow_day(at: datetime) -> date:
    """The Moscow day a moment falls on."""
    return at.astimezone(MOSCOW).date()
