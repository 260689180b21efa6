"""A cabinet that sends more than its share holds up no other: what it has too much of waits among its own kind."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from contracts.topics import Queue

SHARE = 4
"""Events of one cabinet that are in hand at a time: one that is handled, and the next ones at once after it."""


@dataclass
class Crowd:
    """How many events of each cabinet a consumer has in hand, `share` of one at most; `queue` takes the others.

    The events of one cabinet wait for one another, or for a lock that somebody else holds: all places of a prefetch
    would soon be theirs, and whoever comes behind them would wait as long. In `queue` only the crowded wait for one
    another. Their order does not matter to who consumes them.
    """

    queue: Queue
    share: int = SHARE
    _in_hand: Counter[UUID] = field(default_factory=Counter)

    @contextmanager
    def place(self, cabinet_id: UUID) -> Iterator[bool]:
        """Whether there is a place for an event of the cabinet; if so, it has it for the block."""
        if self._in_hand[cabinet_id] >= self.share:
            yield False
            return
        self._in_hand[cabinet_id] += 1
        try:
            yield True
        finally:
            self._in_hand[cabinet_id] -= 1
            if not self._in_hand[cabinet_id]:
                del self._in_hand[cabinet_id]
