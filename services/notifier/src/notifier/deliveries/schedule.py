"""When a delivery that failed is tried again, and how often a receiver that fails is asked."""

from contracts.notifications import Channel
from servicekit import backoff

BASE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)
"""Standard Webhooks' example shortened to a day: a person's messages, and the first ones of a webhook's."""

WEBHOOK_DELAYS_SECONDS = (*BASE_DELAYS_SECONDS, 50400.0, 72000.0, *(7 * (86400.0,)))
"""A message that an endpoint refuses while it takes others: 17 tries, over 7 days whatever the jitter."""

JITTER = 0.2
"""What failed together does not return together."""

MAX_RETRY_AFTER_SECONDS = 3600.0
"""No recipient can put us off for longer."""

FAILURES_IN_A_ROW = 5
"""After so many a receiver is paused: what is due to it waits together, and one delivery at a time asks again."""

PROBE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)

TRIES_BEFORE_PAUSE = 14
"""An endpoint that took nothing in so many tries, over `waiting.DAYS_BEFORE_PAUSE`, is left alone."""

REFUSALS = 3
REFUSING_SECONDS = 60.0
"""A refusal is final when the same delivery was refused so often, or its receiver has refused everything for so long:
one answer is no verdict."""


def max_failures(channel: Channel) -> int:
    """After how many failures a delivery is given up."""
    return len(_delays_seconds(channel)) + 1


def retry_delay_seconds(channel: Channel, failures: int, retry_after_seconds: float | None = None) -> float | None:
    """Seconds until the next attempt after the `failures`-th failure; None when it is given up.

    A recipient's own `retry_after_seconds` can lengthen the wait, up to an hour, never shorten it.
    An unanswered attempt waits no longer than a refused one: waiting does not make a repeat less likely.
    """
    if failures >= max_failures(channel):
        return None
    return max(
        jittered(_delays_seconds(channel)[failures - 1]), min(retry_after_seconds or 0.0, MAX_RETRY_AFTER_SECONDS)
    )


def probe_delays_seconds() -> list[float]:
    """How long a receiver is left alone after its failure number `FAILURES_IN_A_ROW`, the next one, and so on."""
    return [jittered(delay) for delay in PROBE_DELAYS_SECONDS]


def _delays_seconds(channel: Channel) -> tuple[float, ...]:
    return BASE_DELAYS_SECONDS if channel == "telegram" else WEBHOOK_DELAYS_SECONDS


def is_failing(failures_in_a_row: int) -> bool:
    """Whether a receiver's deliveries wait for a probe."""
    return failures_in_a_row >= FAILURES_IN_A_ROW


def jittered(seconds: float) -> float:
    """About so many seconds."""
    return backoff.jittered(seconds, 1 - JITTER, 1 + JITTER)
