"""Keeping under a rate: the generic cell rate algorithm, one number a key."""

from collections.abc import Hashable

BURST_SECONDS = 0.25
"""What may go at once is what a quarter of a second allows, and always one."""

MAX_KEYS = 10_000


class Pace:
    """At most `per_second` a key. Times are seconds of the caller's monotonic clock."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._tolerance = max(0.0, BURST_SECONDS - self._interval)
        self._free_from: dict[Hashable, float] = {}

    def slot(self, key: Hashable, now: float) -> float:
        """When the key's next one may go: `now` or later. Nothing is taken."""
        return max(now, self._free_from.get(key, now) - self._tolerance)

    def take(self, key: Hashable, now: float) -> float:
        """Take the key's next slot; when it is."""
        slot = self.slot(key, now)
        if len(self._free_from) >= MAX_KEYS:
            self._free_from = {key: at for key, at in self._free_from.items() if at > now}
        self._free_from[key] = max(self._free_from.get(key, now), now) + self._interval
        return slot
