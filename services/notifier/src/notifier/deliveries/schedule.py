"""When a delivery that failed is tried again, and how often a receiver that fails is asked."""

from contracts.notifications import Channel
from servicekit import backoff

from notifier.deliveries.model import Receiver

DELAYS_SECONDS = (5.0, 60.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, *(7 * (86400.0,)))
"""Standard Webhooks' example, and on: what a receiver refuses while it takes others is tried 17 times, over 7 days
whatever the jitter."""

UNANSWERED_FAILURES = 8
"""A message to a person that may have come already is not sent again after so many failures, within a day."""

JITTER = 0.2
"""What failed together does not return together."""

MAX_RETRY_AFTER_SECONDS = 3600.0
"""No recipient can put us off for longer."""

FAILURES_IN_A_ROW = 5
"""After so many a receiver is paused: what is due to it waits together, and one delivery at a time asks again."""

PROBE_DELAYS_SECONDS = (5.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)

BEHIND_ONE_HOST: frozenset[Channel] = frozenset({"telegram", "firebase"})
AWAY_SECONDS = 60.0
"""Where all receivers stand behind one host, it is the host that is away, and no chat: none of them waits longer than
this between two tries, so that a minute after it is back everybody is told."""

TRIES_BEFORE_PAUSE = 14
"""An endpoint that took nothing in so many tries, over `waiting.DAYS_BEFORE_PAUSE`, is left alone."""

GONE_SECONDS = 24 * 3600.0
"""A chat that is gone is asked once a day whether it is back, by one delivery."""

REFUSALS = 3
REFUSING_SECONDS = 60.0
"""A refusal is final when the same delivery was refused so often, or its receiver has refused everything for so long:
one answer is no verdict."""


def max_failures(channel: Channel, *, may_have_come: bool = False) -> int:
    """After how many failures a delivery is given up. A program drops what comes to it again, a person reads it."""
    all_tries = len(DELAYS_SECONDS) + 1
    return min(all_tries, UNANSWERED_FAILURES) if may_have_come and channel != "webhook" else all_tries


def retry_delay_seconds(
    channel: Channel,
    failures: int,
    retry_after_seconds: float | None = None,
    *,
    may_have_come: bool = False,
    was_away: bool = False,
) -> float | None:
    """Seconds until the next attempt after the `failures`-th failure; None when it is given up. `was_away`: nobody took
    or refused it.

    A recipient's own `retry_after_seconds` can lengthen the wait, up to an hour, never shorten it.
    An unanswered attempt waits no longer than a refused one: waiting does not make a repeat less likely.
    """
    if failures >= max_failures(channel, may_have_come=may_have_come):
        return None
    delay_seconds = DELAYS_SECONDS[failures - 1]
    if was_away:
        delay_seconds = _while_away(channel, delay_seconds)
    return max(jittered(delay_seconds), min(retry_after_seconds or 0.0, MAX_RETRY_AFTER_SECONDS))


def probe_delays_seconds(channel: Channel) -> list[float]:
    """How long a receiver is left alone after its failure number `FAILURES_IN_A_ROW`, the next one, and so on."""
    return [jittered(_while_away(channel, delay)) for delay in PROBE_DELAYS_SECONDS]


def _while_away(channel: Channel, seconds: float) -> float:
    return min(seconds, AWAY_SECONDS) if channel in BEHIND_ONE_HOST else seconds


def is_failing(failures_in_a_row: int) -> bool:
    """Whether a receiver's deliveries wait for a probe."""
    return failures_in_a_row >= FAILURES_IN_A_ROW


def is_left_alone(receiver: Receiver) -> bool:
    """Whether nothing is sent to a receiver, because it is gone."""
    return receiver.gone_seconds is not None and receiver.gone_seconds < GONE_SECONDS


def is_probed(receiver: Receiver) -> bool:
    """Whether one delivery at a time asks a receiver."""
    return is_failing(receiver.failures) or receiver.gone_seconds is not None


def jittered(seconds: float) -> float:
    """About so many seconds."""
    return backoff.jittered(seconds, 1 - JITTER, 1 + JITTER)
