"""Sellers by the thousand: a shop that nobody has changed is no more than the few numbers it is made from.

A lot's shop is made when it is asked for, the same each time, and is put away again when enough others have been asked
for since. One that is to change is taken out of its lot first (`Lots.take`), and stays.
"""

import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from wbsim.history import Due
from wbsim.shop import Shop

Opened = tuple[Shop, list[Due]]
"""A shop, and the steps of its buyers still to come."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shops of one batch have in common; `opened_at` is simulated Unix seconds, `fbs_share` that of then."""

    products: int
    history_orders: int
    history_days: int
    currency: str
    opened_at: float
    fbs_share: float


@dataclass(frozen=True, slots=True)
class Lot:
    """What one shop is made from."""

    terms: Terms
    seed: int

    @property
    def name(self) -> str:
        """What the seller is called."""
        return f"Продавец {self.seed}"


def sid_of(seed: int) -> str:
    """The id of the seller whose shop has that seed."""
    return str(uuid.UUID(int=Random(seed).getrandbits(128), version=4))


class Lots:
    """Lots by seller; `make` makes a shop of one, and `most_open` of them are kept for the next request."""

    def __init__(self, make: Callable[[Lot], Opened], *, most_open: int) -> None:
        self._make = make
        self._most_open = most_open
        self._lots: dict[str, Lot] = {}
        self._open: OrderedDict[str, Opened] = OrderedDict()

    def __contains__(self, sid: str) -> bool:
        return sid in self._lots

    def __len__(self) -> int:
        return len(self._lots)

    def let(self, terms: Terms, *, first_seed: int, count: int) -> list[str]:
        """So many more sellers, with seeds one after the other; their ids."""
        lots = {sid_of(seed): Lot(terms, seed) for seed in range(first_seed, first_seed + count)}
        self._lots |= lots
        return list(lots)

    def visit(self, sid: str) -> Shop:
        """A seller's shop, to be read only; KeyError for one that has no lot."""
        if sid not in self._open:
            self._open[sid] = self._make(self._lots[sid])
            if len(self._open) > self._most_open:
                self._open.popitem(last=False)
        self._open.move_to_end(sid)
        return self._open[sid][0]

    def take(self, sid: str) -> Opened:
        """A seller's shop, whose lot ends with that; KeyError for one that has no lot."""
        self.visit(sid)
        del self._lots[sid]
        return self._open.pop(sid)
