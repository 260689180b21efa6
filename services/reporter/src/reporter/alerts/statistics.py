"""Whether something happens more often than before, or only seems to."""

from math import exp, lgamma, log
from typing import Final

_NEGLIGIBLE: Final = 1e-12


def chance_of(events: int, tries: int, *, before_events: int, before_tries: int) -> float:
    """How likely at least so many `events` among `tries` are, if they are as frequent as they were before.

    The conditional binomial test of two rates (Przyborowski and Wilenski, 1940). If nothing changed, each of all events
    of both times falls into the later one with the probability tries / (tries + tries before); the answer is the upper
    tail of that binomial distribution. A short time before gives little to go by and makes the answer larger: without
    any it is 1. So it is without tries: what came back in a time without sales is compared with nothing.
    """
    total = events + before_events
    if 0 in (events, tries, before_tries):
        return 1.0
    share = tries / (tries + before_tries)
    ways = lgamma(total + 1) - lgamma(events + 1) - lgamma(total - events + 1)
    term = exp(ways + events * log(share) + (total - events) * log(1 - share))
    tail = term
    for n in range(events + 1, total + 1):
        step = (total - n + 1) / n * share / (1 - share)
        term *= step
        tail += term
        if step < 1 and term < tail * _NEGLIGIBLE:
            break
    return min(tail, 1.0)
