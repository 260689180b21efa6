"""How long an answer asks us to wait."""

from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx
from servicekit import clock


def retry_after_seconds(headers: httpx.Headers) -> float | None:
    """`Retry-After` in seconds, whether it is told as a number or as a date; None: it is not, or is neither."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - clock.now()).total_seconds())
