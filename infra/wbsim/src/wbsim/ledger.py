"""What a shop's finance reports are made of: every purchase, refusal and return, day by Moscow day."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from wbsim.orders import Order, Sale
from wbsim.times import DAY_SECONDS, moscow_day

REPORT_AFTER_SECONDS = 6 * 3600
"""How long after a day or week is over its report appears: early in the morning."""
ROWS_PER_OPERATION = 2
OTHER_ROWS = 3
"""Rows of a day that come from no order: storage, acceptance, a fine."""


@dataclass(slots=True)
class Operation:
    """What an order brought about: a purchase or return with its `sale`, or a refusal, which has none."""

    at: float
    order: Order
    sale: Sale | None


@dataclass(slots=True)
class Day:
    """One closed day: `midnight` begins it (Unix seconds); its rows are numbered from `first_rrd_id` on."""

    midnight: int
    operations: list[Operation]
    first_rrd_id: int
    rows: list[tuple[int, bytes]] | None = None
    """Numbers and JSON of its rows (`wbsim.finance_rows`), once somebody has asked for them."""
    sums: Counter[str] = field(default_factory=Counter)
    """What its rows add up to by field, in kopecks; returns count the other way."""

    @property
    def due_at(self) -> float:
        """When its report appears, in simulated Unix seconds."""
        return self.midnight + DAY_SECONDS + REPORT_AFTER_SECONDS

    @property
    def last_rrd_id(self) -> int:
        """The greatest number a row of the day may have."""
        return self.first_rrd_id + len(self.operations) * ROWS_PER_OPERATION + OTHER_ROWS - 1


class Ledger:
    """A shop's operations; those of a day are closed, and numbered for good, when its report is due."""

    def __init__(self, seed: int, opened_at: float) -> None:
        rng = Random(f"{seed} finance")
        self.seed = seed
        self.weekly_reports_from = rng.randrange(300_000_000, 400_000_000)
        self.daily_reports_from = 9_150_000_000_000_000_000 + rng.randrange(10**15)
        self.days: list[Day] = []
        self._next_rrd_id = rng.randrange(10**9, 3 * 10**9)
        self._opened_at = opened_at
        self._open: list[Operation] = []

    def book(self, at: float, order: Order, sale: Sale | None = None) -> None:
        """Note an operation; one of a day that is closed already goes into the next report."""
        self._open.append(Operation(at, order, sale))

    def close(self, now: float) -> list[Day]:
        """Every day whose report is due at the simulated moment, oldest first."""
        midnight = self.days[-1].midnight + DAY_SECONDS if self.days else self._first_midnight()
        if midnight + DAY_SECONDS + REPORT_AFTER_SECONDS > now:
            return self.days
        self._open.sort(key=lambda operation: operation.at)
        taken = 0
        while midnight + DAY_SECONDS + REPORT_AFTER_SECONDS <= now:
            first = taken
            while taken < len(self._open) and self._open[taken].at < midnight + DAY_SECONDS:
                taken += 1
            day = Day(midnight, self._open[first:taken], self._next_rrd_id)
            self._next_rrd_id = day.last_rrd_id + 1
            self.days.append(day)
            midnight += DAY_SECONDS
        del self._open[:taken]
        return self.days

    def _first_midnight(self) -> int:
        return moscow_day(min([self._opened_at, *(operation.at for operation in self._open)]))
