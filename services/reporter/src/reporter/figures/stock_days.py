"""Days in stock. Formulas: docs/metrics.md.

`stock_days` has a row for every day on which one row of stock (a size at a warehouse) was seen to change; a day
without one is as the day before ended. What was in stock is kept as a number whose bit n is the day n days ago.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.sizes import Card

OWN = "own"

OUT_DAYS = 90
"""What went longer ago is not told: rows are forgotten, and what was before the one kept is not known."""

_READ = text("""
SELECT nm_id, source, chrt_id, barcode, tech_size, array_agg(CAST(:today AS date) - day ORDER BY day) AS ago,
    array_agg(most ORDER BY day) AS most, array_agg(quantity ORDER BY day) AS left_over,
    max(observed_at) AS observed_at
FROM stock_days
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids) AND day <= CAST(:today AS date)
GROUP BY nm_id, source, chrt_id, barcode, tech_size, warehouse
""")


def bits(first: int, last: int) -> int:
    """The days from `first` to `last` days ago, both included; none if `last` is the smaller."""
    return max((1 << last + 1) - (1 << first), 0)


@dataclass(frozen=True)
class StockRow:
    """A size at a warehouse: the days on which it changed, the oldest first."""

    source: str
    chrt_id: int | None
    """None: no size of the card goes by the name it has in the source."""
    ago: Sequence[int]
    most: Sequence[int]
    """The most pieces that were seen on the day."""
    left: Sequence[int]
    """Pieces at the end of the day."""
    observed_at: datetime

    def in_stock(self, until: int = 0) -> int:
        """The days on which there was any at any time; what was left last counts until so many days ago."""
        found = carried = 0
        for ago, before, most, left in zip(self.ago, (*self.ago[1:], until - 1), self.most, self.left, strict=True):
            if most or carried:
                found |= bits(ago, ago)
            if left:
                found |= bits(before + 1, ago - 1)
            carried = left
        return found

    def add_left(self, ends: list[int], until: int) -> None:
        """Add the pieces at the end of each day to those of its place: `ends[n]` is n days ago."""
        for ago, before, left in zip(self.ago, (*self.ago[1:], until - 1), self.left, strict=True):
            for day in range(before + 1, min(ago + 1, len(ends))) if left else ():
                ends[day] += left


@dataclass(frozen=True)
class StockDays:
    """What is known of the days of an item or a size."""

    known: int = 0
    """The days since the item's stock was seen first."""
    in_stock: int = 0

    def out_since(self) -> int | None:
        """How many days ago the last piece went, if nothing is left now; none: not within 90 days, or ever."""
        days = self.in_stock & bits(0, OUT_DAYS)
        return (days & -days).bit_length() - 1 if days else None


@dataclass(frozen=True)
class ItemStock:
    """The stock rows of an item, of the sources that count."""

    rows: Sequence[StockRow] = ()
    until: Mapping[str, int] = field(default_factory=dict)
    """How many days ago a source was left for another."""

    @classmethod
    def of(cls, rows: Sequence[StockRow]) -> "ItemStock":
        """Of WB's two reports of its warehouses the one with the newest change counts, the other for what was before.

        The other was left on the day of its own last change, or when the newer one began.
        """
        newest: dict[str, datetime] = {}
        for row in rows:
            newest[row.source] = max(newest.get(row.source, row.observed_at), row.observed_at)
        chosen = choose(newest)
        until = {}
        for source in newest.keys() - {chosen, OWN}:
            began = max(row.ago[0] for row in rows if row.source == chosen)
            ended = min(row.ago[-1] for row in rows if row.source == source)
            until[source] = min(began, ended)
        return cls(rows, until)

    def _until(self, row: StockRow) -> int:
        return self.until.get(row.source, 0)

    def days(self, rows: Iterable[StockRow] | None = None) -> StockDays:
        """The days of the item, or of some of its rows."""
        known = bits(0, max((row.ago[0] for row in self.rows), default=-1))
        found = 0
        for row in self.rows if rows is None else rows:
            found |= row.in_stock(self._until(row))
        return StockDays(known, found)

    def by_size(self) -> dict[int, StockDays]:
        """The days of each size that has ever been seen; any other was never in stock."""
        rows: dict[int, list[StockRow]] = defaultdict(list)
        for row in self.rows:
            if row.chrt_id is not None:
                rows[row.chrt_id].append(row)
        return {chrt_id: self.days(of_size) for chrt_id, of_size in rows.items()}

    def left(self, days: int) -> list[int]:
        """Pieces of the item at the end of the day, today's first; no further back than they are known."""
        ends = [0] * min(days, self.days(()).known.bit_length())
        for row in self.rows:
            row.add_left(ends, self._until(row))
        return ends


def choose(newest: Mapping[str, datetime]) -> str | None:
    """Of WB's two reports of its warehouses the one that changed last; of two at once that which knows its sizes."""
    there = [source for source in ("remains", "wb") if source in newest]
    return max(there, key=lambda source: (newest[source], source), default=None)


async def read(
    connection: AsyncConnection, cabinet_id: UUID, cards: Mapping[int, Card], today: date
) -> dict[int, ItemStock]:
    """The stock rows of items whose cards these are, in one statement."""
    found = await connection.execute(_READ, {"cabinet_id": cabinet_id, "nm_ids": list(cards), "today": today})
    rows: dict[int, list[StockRow]] = defaultdict(list)
    for row in found:
        rows[row.nm_id].append(_stock_row(row, cards[row.nm_id]))
    return {nm_id: ItemStock.of(rows.get(nm_id, ())) for nm_id in cards}


def _stock_row(row: Any, card: Card) -> StockRow:
    size = card.size_of(row.chrt_id, row.barcode, row.tech_size)
    return StockRow(row.source, size, row.ago, row.most, row.left_over, row.observed_at)
