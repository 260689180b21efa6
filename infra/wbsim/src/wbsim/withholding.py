"""Answers that hold something back, and do not say so: whole pages, single rows, all rows of some days.

What is held back is true all the while (`wbsim.truth`), and shows as soon as the fault is removed. Pages are cut before
anything is held back, as where one part of WB has not yet what another knows of: they are shorter than they should be.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from zlib import crc32

from wbsim.faults import Fault
from wbsim.feed import Row
from wbsim.times import MOSCOW

WITHHOLDING: frozenset[str] = frozenset({"dropped_pages", "held_back", "missing_days"})

DATED_BY = ("date", "createdAt", "createdDate", "dateTo", "rrDate", "updTime", "dt")
"""Fields that say of which day a row is; the first that a row has counts."""


def withheld(rng: Random, fault: Fault, rows: Sequence[Row]) -> Sequence[Row]:
    """What is left of a page: nothing, by chance (`share`); all but some rows, always the same; all but some days'."""
    if fault.kind == "dropped_pages":
        return () if rng.random() < fault.share else rows
    if fault.kind == "held_back":
        return [row for row in rows if crc32(f"{fault.id} {row.key}".encode()) >= fault.share * 2**32]
    return [row for row in rows if moscow_date(row.body) not in fault.days]


def moscow_date(body: bytes) -> str | None:
    """The day of Moscow (`YYYY-MM-DD`) that a row is of; none if it says no day."""
    row = json.loads(body)
    written = next((row[name] for name in DATED_BY if row.get(name)), None)
    if written is None:
        return None
    moment = datetime.fromisoformat(written)
    # A time without an offset, and a day, are of Moscow already.
    return (moment if moment.tzinfo is None else moment.astimezone(MOSCOW)).date().isoformat()


def days_before(now: float, first: int, last: int) -> list[str]:
    """The days of Moscow from `first` to `last` days ago, as a `missing_days` fault takes them."""
    today = datetime.fromtimestamp(now, MOSCOW).date()
    return [(today - timedelta(days=ago)).isoformat() for ago in range(first, last - 1, -1)]
