"""When a delivery that failed is tried again."""

import random

BASE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)
"""Standard Webhooks' example shortened to a day: an order message is old news after 18 hours."""

JITTER = 0.2
"""What failed together does not return together."""

MAX_RETRY_AFTER_SECONDS = 3600.0
"""No recipient can put us off for longer."""

MAX_FAILURES = len(BASE_DELAYS_SECONDS) + 1


def retry_delay_seconds(failures: int, retry_after_seconds: float | None = None) -> float | None:
    """Seconds until the next attempt after the `failures`-th failure; None when it is given up.

    A recipient's own `retry_after_seconds` can lengthen the wait, up to an hour, never shorten it.
    An unanswered attempt waits no longer than a refused one: waiting does not make a repeat less likely.
    """
    if failures >= MAX_FAILURES:
        return None
    delay = BASE_DELAYS_SECONDS[failures - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # not a secret
    return max(delay, min(retry_after_seconds or 0.0, MAX_RETRY_AFTER_SECONDS))
