"""The time shapes WB writes, and the one it reads in `dateFrom`."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

MOSCOW = timezone(timedelta(hours=3))
MOSCOW_SECONDS = 3 * 3600
NEVER = "0001-01-01T00:00:00"
DAY_SECONDS = 86_400

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_FROM = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?")


def moscow(seconds: float) -> str:
    """Statistics time: whole seconds, Moscow, no zone (`2026-11-21T07:00:00`)."""
    # Every row has several of these: datetime takes twice as long.
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(int(seconds) + MOSCOW_SECONDS))


def moscow_with_offset(seconds: float) -> str:
    """Feedback and ping time: whole seconds with `+03:00`."""
    return datetime.fromtimestamp(int(seconds), MOSCOW).isoformat()


def moscow_day(seconds: float) -> int:
    """Unix seconds of the Moscow midnight that begins the day of `seconds`."""
    day = datetime.fromtimestamp(int(seconds), MOSCOW).replace(hour=0, minute=0, second=0)
    return int(day.timestamp())


def card_time(microseconds: int) -> str:
    """Card time: UTC with the fraction's trailing zeros dropped, as in `2023-12-06T11:17:00.96577Z`."""
    moment = datetime.fromtimestamp(microseconds // 1_000_000, UTC).replace(tzinfo=None)
    fraction = f"{microseconds % 1_000_000:06d}".rstrip("0")
    return f"{moment.isoformat()}.{fraction or '0'}Z"


def parse_card_time(text: str) -> int:
    """Microseconds since the epoch of a cursor's `updatedAt`; ValueError if it is no such time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("updatedAt without zone")
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))


def parse_date_from(text: str) -> float:
    """Unix seconds of a statistics `dateFrom` (date or date-time, Moscow unless a zone is given).

    ValueError if it is neither.
    """
    if not _DATE_FROM.fullmatch(text):
        raise ValueError("neither a date nor a date-time")
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=MOSCOW)).timestamp()


def problem_time(seconds: float) -> str:
    """The `timestamp` of an error body: UTC, whole seconds, `Z`."""
    return datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None).isoformat() + "Z"


def parse_day(text: str) -> int:
    """Unix seconds of the Moscow midnight that begins a day written `YYYY-MM-DD`; ValueError if it is none."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a date")
    return int(datetime.fromisoformat(text).replace(tzinfo=MOSCOW).timestamp())
