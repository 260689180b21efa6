"""WB's shapes of time that are read and sent here."""

from datetime import date, datetime, timedelta

from contracts.model import MOSCOW

NEVER_YEAR = 1
"""Statistics writes `0001-01-01T00:00:00` for what has not happened."""

_SANE_YEARS = range(2000, 2101)


def moment(text: str) -> datetime:
    """The moment of any WB time; one without an offset is Moscow time.

    Raises:
        ValueError: not a time, or not one of this century.
    """
    parsed = datetime.fromisoformat(text)
    if parsed.year not in _SANE_YEARS:
        raise ValueError(f"the year {parsed.year} is none in which WB sold anything")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=MOSCOW)


def moment_or_never(text: str | None) -> datetime | None:
    """As `moment`; none for nothing and for WB's own "never"."""
    if not text or text.startswith(f"{NEVER_YEAR:04d}-"):
        return None
    return moment(text)


def date_from(at: datetime) -> str:
    """A statistics `dateFrom` that lets through rows of `at` itself, whether WB means "later" or "not earlier".

    WB's texts disagree on it. A millisecond before the moment means the same under both readings, because
    `lastChangeDate` has whole seconds.
    """
    before = at.astimezone(MOSCOW) - timedelta(milliseconds=1)
    return before.replace(tzinfo=None).isoformat(timespec="milliseconds")


def moscow_day(at: datetime) -> date:
    """The Moscow day a moment falls on."""
    return at.astimezone(MOSCOW).date()
