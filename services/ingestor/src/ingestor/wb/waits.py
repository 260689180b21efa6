"""How long WB wants us to wait: seconds, a date, a moment in Unix time, with a unit or twice; obeyed, or clamped."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from servicekit import clock

MAX_SECONDS = 60 * 60.0
"""Longer is asked again after an hour: a wrong number must not stop a seller, and one more refusal harms nobody."""

SKEW = timedelta(minutes=5)
"""By so much our clock may be fast: a date counts by ours only where WB's is not known, and then that much later."""

_AMOUNT = re.compile(r"([-+]?\d+(?:\.\d*)?(?:e\d+)?)\s*(ms|m|s)?[a-z]*", re.IGNORECASE | re.ASCII)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
_EPOCH_FROM = 1_000_000_000
"""A number so large is a moment, not a time to wait: seconds since 1970, or milliseconds."""

_LONG_AGO_SECONDS = 24 * 60 * 60
"""Nobody names a moment that was over before: such a number is an enormous time to wait."""


def told_seconds(
    headers: Mapping[str, str], *names: str, longest: float = MAX_SECONDS, wb_now: datetime | None = None
) -> float | None:
    """What the first of these headers that makes sense says, `longest` at most; none: nothing to wait for is told.

    A date is so far away as it is by WB's clock: that of the answer, else `wb_now`, what is known of it.
    """
    now = moment_of(headers.get("Date", "")) or wb_now or clock.now() - SKEW
    for name in names:
        seconds = _seconds(headers.get(name, ""), now)
        if seconds is not None and seconds > 0:
            return min(seconds, longest)
    return None


def _seconds(said: str, now: datetime) -> float | None:
    at = moment_of(said)
    if at is None:
        # The header may be there twice.
        amounts = [_amount(each) for each in said.split(",")]
        seconds = max((each for each in amounts if each is not None), default=None)
        if seconds is None or seconds < _EPOCH_FROM:
            return seconds
        left = (seconds / 1000 if seconds >= 1000 * _EPOCH_FROM else seconds) - now.timestamp()
        return seconds if left < -_LONG_AGO_SECONDS else min(left, seconds)
    return (at - now).total_seconds()


def _amount(text: str) -> float | None:
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return math.inf if text.strip().lower() in {"inf", "infinity"} else None
    return float(found[1]) * _UNITS[(found[2] or "s").lower()]


def moment_of(text: str) -> datetime | None:
    """The moment that a header names as a date; none if it names none."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(text.strip())
        except (ValueError, TypeError):
            continue
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None
