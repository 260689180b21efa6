"""When a delivery that failed is tried again, and how often a receiver that fails is asked."""

from servicekit import backoff

BASE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)
"""Standard Webhooks' example shortened to a day."""

JITTER = 0.2
"""What failed together does not return together."""

MAX_RETRY_AFTER_SECONDS = 3600.0
"""No recipient can put us off for longer."""

MAX_FAILURES = len(BASE_DELAYS_SECONDS) + 1

FAILURES_IN_A_ROW = 5
"""After so many a receiver is paused: what is due to it waits together, and one delivery at a time asks again."""

PROBE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)

REFUSALS = 3
REFUSING_SECONDS = 60.0
"""A refusal is final when the same delivery was refused so often, or its receiver has refused everything for so long:
one answer is no verdict."""


def retry_delay_seconds(failures: int, retry_after_seconds: float | None = None) -> float | None:
    """Seconds until the next attempt after the `failures`-th failure; None when it is given up.

    A recipient's own `retry_after_seconds` can lengthen the wait, up to an hour, never shorten it.
    An unanswered attempt waits no longer than a refused one: waiting does not make a repeat less likely.
    """
    if failures >= MAX_FAILURES:
        return None
    return max(jittered(BASE_DELAYS_SECONDS[failures - 1]), min(retry_after_seconds or 0.0, MAX_RETRY_AFTER_SECONDS))


def probe_delays_seconds() -> list[float]:
    """How long a receiver is left alone after its failure number `FAILURES_IN_A_ROW`, the next one, and so on."""
    return [jittered(delay) for delay in PROBE_DELAYS_SECONDS]


def is_failing(failures_in_a_row: int) -> bool:
    """Whether a receiver's deliveries wait for a probe."""
    return failures_in_a_row >= FAILURES_IN_A_ROW


def jittered(seconds: float) -> float:
    """About so many seconds."""
    return backoff.jittered(seconds, 1 - JITTER, 1 + JITTER)
