"""How fast one person may ask: whoever holds a key down, or lets a program press, slows down nobody else."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

AT_ONCE = 30
PER_SECOND = 2.0
MOST_PEOPLE = 50_000


@dataclass
class _Left:
    updates: float
    at: float
    is_told: bool = False


class Pace:
    """30 updates at once, and 2 a second after that, for each person."""

    def __init__(
        self, *, at_once: int = AT_ONCE, per_second: float = PER_SECOND, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once = at_once
        self._per_second = per_second
        self._now = now
        self._people: OrderedDict[int, _Left] = OrderedDict()

    def admits(self, telegram_id: int) -> bool:
        """Whether one more update of this person is handled; it is counted."""
        now = self._now()
        left = self._people.setdefault(telegram_id, _Left(self._at_once, now))
        self._people.move_to_end(telegram_id)
        left.updates = min(self._at_once, left.updates + (now - left.at) * self._per_second)
        left.at = now
        while len(self._people) > MOST_PEOPLE:
            self._people.popitem(last=False)
        if left.updates < 1:
            return False
        left.updates -= 1
        left.is_told = False
        return True

    def tell(self, telegram_id: int) -> bool:
        """Whether a person who is too fast is to be told so: once, until he is slower."""
        left = self._people.get(telegram_id)
        if left is None or left.is_told:
            return False
        left.is_told = True
        return True
