"""Figures of demand counted a second time, in plain Python from what happened, without any of the reporter's code."""

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor, sqrt
from statistics import mean, pstdev, stdev
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event, Origin
from contracts.model import MOSCOW
from contracts.orders import ChangedOrder
from contracts.sales import ChangedSale, SalesUpdatedV1
from contracts.stocks import ChangedSellerStock, SellerStocksUpdatedV1
from reporter import tables
from reporter.facts.newer_rows import store
from reporter.figures.sections import buyout, stock, velocity
from reporter.handlers.facts_updated import KEPT
from servicekit.db import Database
from support.demand import a_sale, sell
from support.facts import put
from support.reporting import NOON, TODAY, a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]

OF_DEMAND = {"buyout", "velocity", "stock", "rank"}
DAYS = 120
SIZES = {1: (11, 12), 2: (21,)}
MIDNIGHT = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=MOSCOW)
WAREHOUSES = {("wb", 100): "Коледино", ("wb", 101): "Казань", ("own", 5): "Склад"}


@dataclass
class Ordered:
    nm_id: int
    chrt_id: int
    days_ago: int
    state: str
    bought_ago: int | None = None


@dataclass
class Shop:
    """What happened: orders and what became of them, and what was seen in stock when."""

    orders: list[Ordered] = field(default_factory=list)
    seen: dict[tuple[int, int, str, int], list[tuple[datetime, int]]] = field(default_factory=dict)


def a_shop(seed: int) -> Shop:
    chance, shop = random.Random(seed), Shop()
    for nm_id, chrt_ids in SIZES.items():
        for chrt_id in chrt_ids:
            busy = chance.choice((0.2, 1, 3))
            for days_ago in range(DAYS):
                for _ in range(round(chance.expovariate(1 / busy))):
                    state = chance.choice(("open", "cancelled", "bought", "bought", "returned"))
                    bought_ago = days_ago - min(chance.randint(1, 9), days_ago)
                    shop.orders.append(
                        Ordered(
                            nm_id, chrt_id, days_ago, state, bought_ago if state in ("bought", "returned") else None
                        )
                    )
            for source, warehouse in WAREHOUSES:
                first = chance.randint(20, DAYS - 5)
                moments = sorted(
                    MIDNIGHT - timedelta(days=chance.randint(0, first), hours=-chance.randint(0, 23))
                    for _ in range(chance.randint(1, 25))
                )
                moments = sorted({min(moment, MIDNIGHT + timedelta(hours=20)) for moment in moments})
                shop.seen[nm_id, chrt_id, source, warehouse] = [
                    (moment, chance.choice((0, 0, 1, 4, 30))) for moment in moments
                ]
    return shop


Orders = list[ChangedOrder]
Sales = list[dict[str, Any]]


def orders_and_sales(cabinet_id: UUID, shop: Shop) -> tuple[Orders, Sales]:
    orders, sold = [], []
    for n, each in enumerate(shop.orders):
        names: dict[str, Any] = {"nm_id": each.nm_id, "barcode": str(each.chrt_id)}
        is_cancel = each.state == "cancelled"
        orders.append(an_order(cabinet_id, f"{n}", days_ago=each.days_ago, is_cancel=is_cancel, **names))
        if each.bought_ago is not None:
            sold.append(a_sale(cabinet_id, f"{n}", days_ago=each.bought_ago, **names))
            if each.state == "returned":
                sold.append(a_sale(cabinet_id, f"{n}", days_ago=each.bought_ago, is_return=True, **names))
    return orders, sold


def stock_events(cabinet_id: UUID, shop: Shop, size: int) -> Iterable[Event[Any]]:
    """What was seen, in events of so many rows, each place's shuffled."""
    for (nm_id, chrt_id, source, warehouse), seen in shop.seen.items():
        place: dict[str, Any] = {"nm_id": nm_id, "chrt_id": chrt_id, "warehouse_id": warehouse}
        told = [
            a_stock(quantity, **place, revision=n, observed_at=at, warehouse_name=WAREHOUSES[source, warehouse])
            for n, (at, quantity) in enumerate(seen, start=1)
        ]
        random.Random(chrt_id).shuffle(told)
        for part in (told[start : start + size] for start in range(0, len(told), size)):
            if source == "own":
                rows = tuple(ChangedSellerStock.model_validate(row.model_dump()) for row in part)
                yield Event.new(SellerStocksUpdatedV1(stocks=rows), cabinet_id=cabinet_id, time=NOON)
            else:
                yield stocks_updated(cabinet_id, *part)


def card(nm_id: int) -> list[dict[str, Any]]:
    return [{"chrt_id": c, "tech_size": str(c), "wb_size": None, "skus": [str(c)]} for c in SIZES[nm_id]]


async def tell(database: Database, cabinet_id: UUID, shop: Shop) -> None:
    orders, sold = orders_and_sales(cabinet_id, shop)
    await sell(database, cabinet_id, orders=orders, sold=sold)
    for nm_id in SIZES:
        await put(database, tables.products, cabinet_id, {"nm_id": nm_id, "sizes": card(nm_id)})
    for event in stock_events(cabinet_id, shop, size=500):
        async with database.transaction() as connection:
            await store(connection, KEPT[type(event.data)], event)


class Truth:
    """The figures of an item, or of one size of it."""

    def __init__(self, shop: Shop, nm_id: int, chrt_id: int | None = None) -> None:
        self.orders = [each for each in shop.orders if each.nm_id == nm_id and chrt_id in (None, each.chrt_id)]
        self.of_item = [each for each in shop.orders if each.nm_id == nm_id]
        self.seen_of_item = [seen for key, seen in shop.seen.items() if key[0] == nm_id]
        self.seen = {key: seen for key, seen in shop.seen.items() if key[0] == nm_id and chrt_id in (None, key[1])}
        first = min(seen[0][0] for seen in self.seen_of_item)
        self.known_for = (TODAY - first.astimezone(MOSCOW).date()).days

    def ordered(self, days_ago: int) -> int:
        return sum(each.days_ago == days_ago for each in self.orders)

    def sold(self, days_ago: int) -> int:
        return sum(each.bought_ago == days_ago for each in self.orders)

    def was_there(self, days_ago: int) -> bool:
        """Whether there was a piece at any minute of the day."""
        begins, ends = MIDNIGHT - timedelta(days=days_ago), MIDNIGHT - timedelta(days=days_ago - 1)
        for seen in self.seen.values():
            before = [quantity for at, quantity in seen if at < begins][-1:]
            within = [quantity for at, quantity in seen if begins <= at < ends]
            if any(before + within):
                return True
        return False

    def could_be_ordered(self, days_ago: int) -> bool:
        if days_ago > self.known_for:
            return any(each.days_ago >= days_ago or (each.bought_ago or 0) >= days_ago for each in self.of_item)
        return self.was_there(days_ago) or self.ordered(days_ago) > 0

    def left(self, source: str) -> int:
        return sum(seen[-1][1] for key, seen in self.seen.items() if key[2] == source)


def rounded(value: float | Decimal, places: str) -> Decimal:
    return Decimal(value).quantize(Decimal(places), ROUND_HALF_UP)


def ratio(part: int, whole: int, places: str = "0.0001") -> Decimal:
    return rounded(Decimal(part) / Decimal(whole), places)


def share(part: int, whole: int) -> Decimal | None:
    return ratio(100 * part, whole, "0.01") if whole else None


@pytest.mark.parametrize("seed", range(6))
async def test_every_figure_is_what_plain_python_finds(reporter_db: Database, cabinet_id: UUID, seed: int) -> None:
    shop = a_shop(seed)
    await tell(reporter_db, cabinet_id, shop)
    async with reporter_db.transaction() as connection:
        bought = await buyout.count(connection, cabinet_id, list(SIZES), TODAY)
        speeds = await velocity.count(connection, cabinet_id, list(SIZES), TODAY)
        stocks = await stock.count(connection, cabinet_id, list(SIZES), TODAY)
    for nm_id, chrt_ids in SIZES.items():
        truth = Truth(shop, nm_id)
        check_buyout(truth, bought[nm_id, ""])
        for period in speeds[nm_id, ""].periods:
            check_speed(truth, period)
        weeks = [range(TODAY.weekday() + 7 * n - 6, TODAY.weekday() + 7 * n + 1) for n in range(1, 13)]
        weekly = [sum(map(truth.ordered, week)) for week in weeks if all(map(truth.could_be_ordered, week))]
        assert speeds[nm_id, ""].weeks == len(weekly)
        if len(weekly) >= 4 and any(weekly):
            assert speeds[nm_id, ""].weekly_variation == rounded(100 * pstdev(weekly) / mean(weekly), "0.01")
        else:
            assert speeds[nm_id, ""].weekly_variation is None
        check_units(truth, stocks[nm_id, ""].total, of_item=True)
        of_sizes = [Truth(shop, nm_id, chrt_id) for chrt_id in chrt_ids]
        assert [each.chrt_id for each in stocks[nm_id, ""].sizes] == list(chrt_ids)
        for of_size, units in zip(of_sizes, stocks[nm_id, ""].sizes, strict=True):
            check_units(of_size, units, of_item=False)
        for period in speeds[nm_id, ""].sizes:
            check_speed(of_sizes[chrt_ids.index(period.chrt_id)], period)


def check_buyout(truth: Truth, told: Any) -> None:
    waits = sorted(each.days_ago - each.bought_ago for each in truth.orders if each.bought_ago is not None)
    if len(waits) <= 100:
        assert told.mature_after_days == (waits[ceil(0.95 * len(waits)) - 1] if len(waits) >= 20 else 14)
    for period in told.periods:
        within = [each for each in truth.orders if each.days_ago < period.period_days]
        states = [each.state for each in within]
        assert (period.ordered, period.bought, period.returned, period.cancelled, period.open) == (
            len(states), *map(states.count, ("bought", "returned", "cancelled", "open")),
        )  # fmt: skip
        mature = [each for each in within if each.state != "open" or each.days_ago > told.mature_after_days]
        assert period.mature_ordered == len(mature)
        assert period.share == share(states.count("bought"), len(states))
        assert period.mature_share == share(states.count("bought"), len(mature))


def check_speed(truth: Truth, told: Any) -> None:
    days = range(told.period_days)
    known = [ago for ago in days if ago <= truth.known_for]
    there = [ago for ago in known if truth.could_be_ordered(ago)]
    assert told.orders == ratio(sum(map(truth.ordered, days)), len(days))
    assert told.sales == ratio(sum(map(truth.sold, days)), len(days))
    assert told.days_in_stock == len(there)
    if there:
        assert told.orders_in_stock == ratio(sum(map(truth.ordered, known)), len(there))
        assert told.sales_in_stock == ratio(sum(map(truth.sold, known)), len(there))


def check_units(truth: Truth, told: Any, *, of_item: bool) -> None:
    wb, own = truth.left("wb"), truth.left("own")
    assert (told.wb, told.own) == (wb, own)
    sample = [ago for ago in range(1, 31) if truth.could_be_ordered(ago)][:14]
    if not sample:
        assert (told.orders_per_day, told.reorder_point) == (None, None)
        return
    counts = [truth.ordered(ago) for ago in sample]
    total, n = sum(counts), len(sample)
    assert told.orders_per_day == ratio(total, n)
    assert told.endless == (total == 0 and wb + own > 0)
    if wb + own == 0:
        gone = next((ago for ago in range(91) if truth.was_there(ago)), None)
        assert told.out_since == (None if gone is None else TODAY - timedelta(days=gone))
        assert (told.days_left, told.runs_out_on) == (0, TODAY)
    elif total:
        assert told.days_left == ratio((wb + own) * n, total, "0.01")
        assert told.runs_out_on == TODAY + timedelta(days=(wb + own) * n // total)
        if n > 1 and not of_item:
            left = (wb + own) * n / total
            half = 1.65 * sqrt(left + left**2 / n) * stdev(counts) / mean(counts)
            assert told.runs_out_earliest == TODAY + timedelta(days=floor(max(left - half, 0)))
            assert told.runs_out_latest == TODAY + timedelta(days=ceil(left + half))
    if n > 1:
        assert told.reorder_point == ceil(round(14 * mean(counts) + 1.65 * sqrt(14) * stdev(counts), 9))
    if not of_item:
        assert told.replenish == max(0, ceil((total * 30 - (wb + own) * n) / n))


def a_told_sale(sale: dict[str, Any]) -> ChangedSale:
    told = {name: value for name, value in sale.items() if name in ChangedSale.model_fields}
    defaults = {"is_return": False, "last_change_at": sale["sold_at"], "revision": 1, "change": "new"}
    return ChangedSale.model_validate({**defaults, **told})


def all_events(cabinet_id: UUID, shop: Shop) -> list[Event[Any]]:
    orders, sold = orders_and_sales(cabinet_id, shop)
    sales = [a_told_sale(sale) for sale in sold]
    parts = [orders[start : start + 40] for start in range(0, len(orders), 40)]
    sold_parts = [tuple(sales[start : start + 40]) for start in range(0, len(sales), 40)]
    return [
        *(products_updated(cabinet_id, nm_id, sizes=card(nm_id)) for nm_id in SIZES),
        *(orders_updated(cabinet_id, *part, origin=Origin.BACKFILL) for part in parts),
        *(Event.new(SalesUpdatedV1(sales=part), cabinet_id=cabinet_id, time=NOON) for part in sold_parts),
        *stock_events(cabinet_id, shop, size=4),
    ]


async def figures_of(database: Database, cabinet_id: UUID) -> dict[tuple[int, str], str]:
    found = await rows(
        database,
        "SELECT nm_id, section, CAST(body AS text) AS body FROM item_figures WHERE cabinet_id = :id",
        id=cabinet_id,
    )
    return {(row["nm_id"], row["section"]): row["body"] for row in found if row["section"] in OF_DEMAND}


@pytest.mark.parametrize("seed", range(3))
async def test_no_order_of_events_matters(
    fold: Fold, count_stale: CountStale, reporter_db: Database, seed: int
) -> None:
    shop, chance = a_shop(seed), random.Random(seed)
    in_order, shuffled = uuid4(), uuid4()
    await fold(*all_events(in_order, shop))
    events = all_events(shuffled, shop)
    events += chance.sample(events, 10)
    chance.shuffle(events)
    half = len(events) // 2
    await fold(*events[:half])
    await count_stale()  # what is counted too early is counted again
    await fold(*events[half:])
    for _ in range(2):
        await count_stale()
    found = await figures_of(reporter_db, in_order)
    assert found.keys() >= {(nm_id, section) for nm_id in (0, 1, 2) for section in ("buyout", "velocity", "stock")}
    assert await figures_of(reporter_db, shuffled) == found
