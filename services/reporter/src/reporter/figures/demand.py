"""What was ordered and bought of items, day by day, beside what was in stock: the ground of velocity and forecast."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from contracts.analytics import PERIODS_DAYS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import sizes, stock_days
from reporter.figures.pacing import in_turns
from reporter.figures.sizes import Card
from reporter.figures.stock_days import ItemStock, StockDays, bits

Pieces = Mapping[int, int]
"""Pieces by how many days ago; a day without any is not there."""

DAYS = max(PERIODS_DAYS)
"""Whole days before today that are looked at, and today."""
SIZE_DAYS = 30
"""The same of sizes."""

_ITEMS = text("""
SELECT asked.nm_id, first.ago AS first_ago, days.ago, days.orders, days.sales
FROM unnest(CAST(:nm_ids AS bigint[])) AS asked (nm_id)
CROSS JOIN LATERAL (
    SELECT array_agg(ago) AS ago, array_agg(orders) AS orders, array_agg(sales) AS sales
    FROM (
        -- Of all currencies together.
        SELECT CAST(:today AS date) - day AS ago, sum(orders) AS orders, sum(sales) AS sales
        FROM day_totals
        WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id
            AND day >= CAST(:today AS date) - CAST(:days AS integer) AND day <= CAST(:today AS date)
        GROUP BY day
    ) AS by_day
) AS days
CROSS JOIN LATERAL (
    SELECT CAST(:today AS date) - min(day) AS ago FROM day_totals
    WHERE cabinet_id = :cabinet_id AND day_totals.nm_id = asked.nm_id AND day <= CAST(:today AS date)
) AS first
WHERE first.ago IS NOT NULL
""")
_SIZES = text("""
SELECT nm_id, chrt_id, barcode, tech_size, is_sale, array_agg(ago) AS ago, array_agg(pieces) AS pieces
FROM (
    SELECT nm_id, chrt_id, barcode, tech_size, false AS is_sale, CAST(:today AS date) - day AS ago, count(*) AS pieces
    FROM order_facts
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids)
        AND day >= CAST(:today AS date) - CAST(:days AS integer) AND day <= CAST(:today AS date)
    GROUP BY nm_id, chrt_id, barcode, tech_size, day
    UNION ALL
    SELECT nm_id, NULL, barcode, tech_size, true, CAST(:today AS date) - day, count(*)
    FROM sales
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids) AND NOT is_return
        AND day >= CAST(:today AS date) - CAST(:days AS integer) AND day <= CAST(:today AS date)
    GROUP BY nm_id, barcode, tech_size, day
) AS by_day
GROUP BY nm_id, chrt_id, barcode, tech_size, is_sale
""")


@dataclass(frozen=True)
class Demand:
    """What was ordered and bought of an item or a size, and on which days it could be."""

    orders: Pieces = field(default_factory=dict)
    sales: Pieces = field(default_factory=dict)
    stock: StockDays = field(default_factory=StockDays)
    first_ago: int | None = None
    """How many days ago the item was first ordered or bought; none: never."""

    @cached_property
    def in_stock(self) -> int:
        """The days of which it is known that it could be ordered: with stock, or ordered all the same."""
        return self.stock.known & (self.stock.in_stock | days_of(self.orders))

    @cached_property
    def usable(self) -> int:
        """The days that say something of demand: in stock, or nothing known of stock and the item on sale already."""
        on_sale = bits(0, self.first_ago if self.first_ago is not None else -1)
        return self.in_stock | on_sale & ~self.stock.known


@dataclass(frozen=True)
class ItemDemand:
    """The same of an item with its sizes."""

    whole: Demand
    sizes: Mapping[int, Demand]
    """By chrt_id: those of the card in its order, then others that were ordered or in stock."""
    card: Card
    stock: ItemStock


def days_of(pieces: Pieces) -> int:
    """The days with any."""
    return sum(1 << ago for ago, count in pieces.items() if count)


def total(pieces: Pieces, days: int) -> int:
    """Pieces of those days together."""
    return sum(count for ago, count in pieces.items() if days >> ago & 1)


async def read(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[int, ItemDemand]:
    """The demand for items (0: for the whole cabinet, without sizes and stock), in four statements."""
    cards = await sizes.read_cards(connection, cabinet_id, nm_ids)
    stocks = await stock_days.read(connection, cabinet_id, cards, today)
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "today": today}
    wholes = {row.nm_id: row for row in await connection.execute(_ITEMS, {**values, "days": DAYS})}
    by_size: dict[int, _BySize] = defaultdict(_BySize)
    for row in await connection.execute(_SIZES, {**values, "days": SIZE_DAYS}):
        chrt_id = cards[row.nm_id].size_of(row.chrt_id, row.barcode, row.tech_size)
        if chrt_id is not None:
            by_size[row.nm_id].add(chrt_id, zip(row.ago, row.pieces, strict=True), is_sale=row.is_sale)
    found = {}
    async for nm_id in in_turns(nm_ids):
        stock = stocks[nm_id]
        whole = _whole(wholes.get(nm_id), stock.days())
        found[nm_id] = ItemDemand(whole, by_size[nm_id].of(whole, cards[nm_id], stock), cards[nm_id], stock)
    return found


def _whole(row: Any, stock: StockDays) -> Demand:
    if row is None:
        return Demand(stock=stock)
    orders, sales = (dict(zip(row.ago or (), pieces or (), strict=True)) for pieces in (row.orders, row.sales))
    return Demand(orders, sales, stock, row.first_ago)


class _BySize:
    """Orders and sales of an item, gathered by size under whatever name each was told of."""

    def __init__(self) -> None:
        self.orders: dict[int, Counter[int]] = defaultdict(Counter)
        self.sales: dict[int, Counter[int]] = defaultdict(Counter)

    def add(self, chrt_id: int, pieces: Iterable[tuple[int, int]], *, is_sale: bool) -> None:
        (self.sales if is_sale else self.orders)[chrt_id].update(dict(pieces))

    def of(self, whole: Demand, card: Card, stock: ItemStock) -> dict[int, Demand]:
        """A size that was not seen in stock while the item was had none."""
        in_stock = stock.by_size()
        unseen = StockDays(whole.stock.known)
        there = card.in_order({*self.orders, *self.sales, *in_stock})
        return {
            chrt_id: Demand(self.orders[chrt_id], self.sales[chrt_id], in_stock.get(chrt_id, unseen), whole.first_ago)
            for chrt_id in there
        }
