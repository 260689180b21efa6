"""The limits that all processes which call WB keep: where they were started with different ones, the stricter.

Each tells Redis its own, again and again (`budget_scripts.TELL`), and learns which of them differ. Who has not been
heard of for `HEARD_SECONDS` has ended, and its limits are forgotten.
"""

import json
import time
from collections.abc import Iterable, Mapping
from uuid import uuid4

import structlog
from contracts.wb_token import TokenKind

from ingestor.metrics import LIMITS_DIFFERING
from ingestor.wb.methods import GATE, METHODS, Limit

log = structlog.get_logger()

HEARD_SECONDS = 15.0
TELL_EVERY_SECONDS = 3.0

GATE_NAME = "*"
"""The bucket over all methods."""

_MICRO = 1_000_000


class Agreement:
    """What this process tells of its limits (`told`), and the stricter ones of others.

    `rate` multiplies every limit of this process. Intervals are in microseconds.
    """

    def __init__(self, rate: float) -> None:
        self.process = uuid4().hex
        self.told = json.dumps(_limits(rate), sort_keys=True, separators=(",", ":"))
        self._others: dict[str, tuple[int, int]] = {}
        self._absent_since: dict[str, float] = {}

    def strictest(self, name: str, interval: int, burst: int) -> tuple[int, int]:
        """The interval and the burst of a bucket, by these of ours and what is known of others."""
        other = self._others.get(name)
        return (interval, burst) if other is None else (max(interval, other[0]), min(burst, other[1]))

    def learn(self, differing: Iterable[tuple[str, int, int]]) -> None:
        """These limits differ: name, interval and burst of the strictest.

        What is not among them any more counts for a while yet: Redis may have forgotten whose it was.
        """
        now = time.monotonic()
        found = {name: (interval, burst) for name, interval, burst in differing}
        if found.keys() - self._others.keys():
            name = min(found)
            log.warning("budget.limits_differ", buckets=len(found), of=name, strictest_seconds=found[name][0] / _MICRO)
        self._absent_since = {name: self._absent_since.get(name, now) for name in self._others.keys() - found.keys()}
        kept = {name: self._others[name] for name, since in self._absent_since.items() if now - since < HEARD_SECONDS}
        if self._others and not (kept or found):
            log.info("budget.limits_agree")
        self._others = kept | found
        LIMITS_DIFFERING.set(len(self._others))


def _limits(rate: float) -> Mapping[str, tuple[int, int]]:
    """Interval and burst of every bucket, by its name."""
    limits = {GATE_NAME: GATE}
    for method in METHODS.values():
        limits |= {method.counter(kind): method.limit(kind) for kind in TokenKind}
    return {name: scaled(limit, rate) for name, limit in limits.items()}


def scaled(limit: Limit, rate: float) -> tuple[int, int]:
    """Interval (microseconds) and burst of a limit multiplied by `rate`."""
    return round(limit.interval_seconds / rate * _MICRO), limit.burst
