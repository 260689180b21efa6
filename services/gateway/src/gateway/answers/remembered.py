"""What this process remembers of grants and memberships, each with the version that its tag had before it was read.

Who uses it sees to it that the version is still the tag's: then nobody has revoked or removed anything since.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

monotonic = time.monotonic
"""Seconds of this process."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST = 10_000
"""Of each kind: some MB."""

YOUNG_SECONDS = 60.0
"""Then it is read anew, also where nobody said that it changed: whoever changed it may have died before he could."""

RETRY_SECONDS = 5.0
"""What could not be read anew is asked for again so much later."""


@dataclass(frozen=True)
class Remembered(Generic[V]):
    """What was read, the version of its tag before, and until when it need not be read anew."""

    value: V
    version: str
    young_until: float

    @property
    def is_young(self) -> bool:
        return monotonic() < self.young_until


class Memory(Generic[K, V]):
    """The `MOST` things used last."""

    def __init__(self) -> None:
        self._held: OrderedDict[K, Remembered[V]] = OrderedDict()

    def get(self, key: K) -> Remembered[V] | None:
        found = self._held.get(key)
        if found is not None:
            self._held.move_to_end(key)
        return found

    def put(self, key: K, value: V, version: str) -> Remembered[V]:
        made = self._held[key] = Remembered(value, version, monotonic() + YOUNG_SECONDS)
        self._held.move_to_end(key)
        if len(self._held) > MOST:
            self._held.popitem(last=False)
        return made

    def prolong(self, key: K, held: Remembered[V]) -> None:
        """What cannot be read anew holds a little longer."""
        self._held[key] = replace(held, young_until=monotonic() + RETRY_SECONDS)
