"""`orders.reported`: the order with its card, today's figures and the stock left."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.analytics import AnalyticsUpdatedV1
from contracts.envelope import Origin
from contracts.orders import DayFigures, OrdersReportedV1, ReportedOrder
from contracts.products import ProductCard, ProductSize
from reporter.jobs import count_cells
from servicekit.db import Database
from support.outbox_rows import published
from support.reporting import NOON, TODAY, a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


async def last_reported(database: Database) -> tuple[ReportedOrder, ...]:
    event = (await published(database, OrdersReportedV1.TYPE))[-1]
    assert isinstance(event.data, OrdersReportedV1)
    return event.data.orders


async def test_an_order_is_reported_with_what_is_known_beside_it(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    sizes = (ProductSize(chrt_id=10, tech_size="M", skus=("2039000118842",)),)
    card: dict[str, Any] = {
        "vendor_code": "HD-22",
        "title": "Худи",
        "brand": "Ветер",
        "photo": "http://photo/1",
        "sizes": sizes,
    }
    later = NOON + timedelta(minutes=5)
    await fold(
        products_updated(cabinet_id, **card),
        stocks_updated(cabinet_id, a_stock(34), a_stock(12, warehouse_id=101, observed_at=later)),
        orders_updated(cabinet_id, an_order(cabinet_id, "a"), an_order(cabinet_id, "b", nm_id=2, price="7.5")),
        orders_updated(cabinet_id, an_order(cabinet_id, "c", is_cancel=True)),
    )
    [reported] = await last_reported(reporter_db)
    assert reported.model_copy(update={"life": None, "figures": None}) == ReportedOrder(
        step="ordered",
        step_at=NOON,
        is_first=False,
        order=an_order(cabinet_id, "c", is_cancel=True),
        product=ProductCard(nm_id=1, **card),
        shop_today=DayFigures(day=TODAY, orders=3, orders_sum=Decimal("207.5"), cancelled=1),
        product_today=DayFigures(day=TODAY, orders=2, orders_sum=Decimal(200), cancelled=1),
        stock_left=46,
        stock_at=later,
    )


async def test_the_first_order_of_an_item_is_told_once(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    together = [an_order(cabinet_id, srid, days_ago=days) for srid, days in (("b", 0), ("a", 1), ("c", 0))]
    await fold(orders_updated(cabinet_id, *together, an_order(cabinet_id, "x", nm_id=2)))
    told = {each.order.srid: each.is_first for each in await last_reported(reporter_db)}
    assert told == {"a": True, "b": False, "c": False, "x": True}
    # Neither a later one nor one that was ordered before: the first was told.
    late, early = an_order(cabinet_id, "y", nm_id=2), an_order(cabinet_id, "z", nm_id=2, days_ago=5)
    for order in (early, late):
        await fold(orders_updated(cabinet_id, order))
        assert [each.is_first for each in await last_reported(reporter_db)] == [False]
    changed = an_order(cabinet_id, "x", nm_id=2, revision=2, change="cancelled", is_cancel=True, cancelled_at=NOON)
    await fold(orders_updated(cabinet_id, changed))
    assert [(each.step, each.is_first) for each in await last_reported(reporter_db)] == [("cancelled", None)]
    # What a backfill had brought is known, and what another shop sold is not.
    await fold(orders_updated(cabinet_id, an_order(cabinet_id, "o", nm_id=3, days_ago=9), origin=Origin.BACKFILL))
    await fold(orders_updated(cabinet_id, an_order(cabinet_id, "n", nm_id=3)))
    assert [each.is_first for each in await last_reported(reporter_db)] == [False]
    other = UUID(int=7)
    await fold(orders_updated(other, an_order(other, nm_id=3)))
    assert [each.is_first for each in await last_reported(reporter_db)] == [True]


async def test_what_is_not_known_is_null_not_zero(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id, price=None)))
    [reported] = await last_reported(reporter_db)
    assert (reported.product, reported.stock_left, reported.stock_at) == (None, None, None)


async def test_the_figures_are_those_of_the_day_of_the_report(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    tomorrow = TODAY + timedelta(days=1)
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)), today=tomorrow)
    [reported] = await last_reported(reporter_db)
    nothing = DayFigures(day=tomorrow, orders=0, orders_sum=Decimal(0), cancelled=0)
    assert (reported.shop_today, reported.product_today) == (nothing, nothing)


async def test_the_event_names_its_cause(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    cause = orders_updated(cabinet_id, an_order(cabinet_id))
    await fold(cause)
    [event] = await published(reporter_db, OrdersReportedV1.TYPE)
    assert (event.origin, event.causationid, event.correlationid) == (Origin.LIVE, cause.id, cause.correlationid)
    assert (event.source, event.cabinetid) == ("/pulse/reporter", cabinet_id)


async def test_moves_of_500_orders_are_told_in_events_of_bounded_size(
    fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(count_cells, "CHUNK_CELLS", 2000)
    before = [an_order(cabinet_id, str(n), nm_id=n + 1) for n in range(500)]
    after = [an_order(cabinet_id, str(n), nm_id=n + 501, revision=2, change="changed") for n in range(500)]
    for orders in (before, after):
        await fold(orders_updated(cabinet_id, *orders))
        await count_stale()
    first, *moved = await published(reporter_db, AnalyticsUpdatedV1.TYPE)
    assert len(first.data.figures) == 501 * 5
    assert [len(event.data.figures) for event in moved] == [3000, 2000]  # the cabinet's own did not change
    assert sum(figure.orders for event in moved for figure in event.data.figures) == 500 * 5
    assert date(2026, 11, 20) == moved[0].data.figures[0].period_end


async def test_figures_beside_an_order_are_in_its_currency(
    fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
) -> None:
    here, abroad = an_order(cabinet_id, "a", price="5"), an_order(cabinet_id, "b", price="70", currency="KGS")
    await fold(orders_updated(cabinet_id, here, abroad, an_order(cabinet_id, "c", nm_id=2, price="8", currency="KGS")))
    told = {each.order.srid: each for each in await last_reported(reporter_db)}
    roubles = DayFigures(day=TODAY, orders=1, orders_sum=Decimal(5), cancelled=0, currency="RUB")
    assert (told["a"].shop_today, told["a"].product_today) == (roubles, roubles)
    assert told["b"].shop_today == DayFigures(day=TODAY, orders=2, orders_sum=Decimal(78), cancelled=0, currency="KGS")
    assert told["b"].product_today == DayFigures(
        day=TODAY, orders=1, orders_sum=Decimal(70), cancelled=0, currency="KGS"
    )
    await count_stale()
    figures = [each for event in await published(reporter_db, AnalyticsUpdatedV1.TYPE) for each in event.data.figures]
    assert {(each.nm_id, each.currency, each.orders_sum) for each in figures if each.period_days == 7} == {
        (0, "RUB", Decimal(5)), (1, "RUB", Decimal(5)), (0, "KGS", Decimal(78)), (1, "KGS", Decimal(70)),
        (2, "KGS", Decimal(8)),
    }  # fmt: skip


async def test_an_order_whose_currency_becomes_known_moves_to_its_figures(
    fold: Fold, reporter_db: Database, count_stale: CountStale, cabinet_id: UUID
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id, "a", price="70")))
    await count_stale()
    known = an_order(cabinet_id, "a", price="70", currency="KGS", revision=2, change="changed")
    await fold(orders_updated(cabinet_id, known))
    await count_stale()
    for table in ("day_totals", "analytics_cache"):
        assert {row["currency"] for row in await all_rows(reporter_db, table)} == {"KGS"}
    event = (await published(reporter_db, AnalyticsUpdatedV1.TYPE))[-1]
    assert {(each.currency, each.orders) for each in event.data.figures} == {("RUB", 0), ("KGS", 1)}
