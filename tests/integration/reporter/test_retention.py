"""What nobody needs any more is deleted, and no figure changes with it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.model import MOSCOW
from contracts.orders import OrdersReportedV1
from reporter import tables
from reporter.figures.moscow import day_of
from reporter.figures.sections import stock, velocity
from reporter.jobs import retention
from servicekit.db import Database
from sqlalchemy import text
from support.facts import put
from support.outbox_rows import published
from support.reporting import a_stock, an_order, orders_updated, stocks_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]


def ago(**length: float) -> datetime:
    return datetime.now(UTC) - timedelta(**length)


async def stock_told(fold: Fold, database: Database, cabinet_id: UUID, srid: str) -> tuple[Any, Any]:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id, srid)))
    [order] = (await published(database, OrdersReportedV1.TYPE))[-1].data.orders
    return order.stock_left, order.stock_at


async def kept(database: Database) -> set[tuple[int, int]]:
    return {(row["nm_id"], row["warehouse_id"]) for row in await all_rows(database, "stocks")}


async def test_stocks_with_nothing_left_go_after_a_hundred_days(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    old, young = ago(days=100, minutes=1), ago(days=99)
    gone = a_stock(3, warehouse_id=101, revision=2, change="gone", observed_at=old)
    empty, some = (a_stock(n, warehouse_id=102 + n, observed_at=old) for n in (0, 1))
    await fold(stocks_updated(cabinet_id, gone, empty, some, a_stock(0, warehouse_id=104, observed_at=young)))
    before = await stock_told(fold, reporter_db, cabinet_id, "before")
    assert (await retention.forget_old(reporter_db, day_of(ago())))["stocks"] == 2
    assert await kept(reporter_db) == {(1, 103), (1, 104)}
    assert await stock_told(fold, reporter_db, cabinet_id, "after") == before


async def test_a_product_that_is_sold_out_stays_known_to_be_so(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    old = ago(days=500)
    await fold(stocks_updated(cabinet_id, *(a_stock(0, warehouse_id=n, observed_at=old) for n in (101, 102))))
    before = await stock_told(fold, reporter_db, cabinet_id, "before")
    assert (await retention.forget_old(reporter_db, day_of(ago())))["stocks"] == 1
    assert await stock_told(fold, reporter_db, cabinet_id, "after") == before == (0, old)


async def test_it_works_in_batches(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.retention.BATCH_ROWS", 2)
    old = ago(days=500)
    await fold(stocks_updated(cabinet_id, *(a_stock(0, warehouse_id=n, observed_at=old) for n in range(1, 7))))
    assert (await retention.forget_old(reporter_db, day_of(ago())))["stocks"] == 5
    assert await kept(reporter_db) == {(1, 6)}


async def test_emptied_stocks_are_found_by_an_index(reporter_db: Database) -> None:
    async with reporter_db.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO stocks (cabinet_id, nm_id, chrt_id, warehouse_id, revision, observed_at, quantity) "
                "SELECT gen_random_uuid(), 1, n, 1, 1, now() - make_interval(days => n % 200), n % 2 "
                "FROM generate_series(1, 4000) AS n"
            )
        )
        await connection.execute(text("ANALYZE stocks"))
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = text(f"EXPLAIN {retention.OLD_STOCKS.text}")
        plan = (await connection.execute(explain, {"days": 199, "batch": 100})).scalars().all()
    assert any("stocks_emptied" in line for line in plan), plan


async def figures_of_stock(database: Database, cabinet_id: UUID) -> list[Any]:
    async with database.transaction() as connection:
        return [await section.count(connection, cabinet_id, [1, 2], day_of(ago())) for section in (stock, velocity)]


@pytest.mark.parametrize("hour", [0, 12, 23])
async def test_days_of_stock_go_but_for_what_held_good_at_the_end_of_those_that_are_kept(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, hour: int
) -> None:
    today = day_of(ago())

    def seen_at(age: int) -> datetime:
        return datetime.combine(today - timedelta(days=age), time(hour, 30), MOSCOW)

    days = (500, 300, 201, 199, 1)
    seen = [a_stock(n, revision=n, observed_at=seen_at(age)) for n, age in enumerate(days, start=1)]
    emptied = a_stock(0, warehouse_id=101, observed_at=seen_at(500))
    sold_out = [
        a_stock(n, nm_id=2, revision=3 - n, observed_at=seen_at(age)) for n, age in ((2, 500), (1, 300), (0, 250))
    ]
    await fold(stocks_updated(cabinet_id, *seen, emptied, *sold_out))
    before = await figures_of_stock(reporter_db, cabinet_id)
    assert (await retention.forget_old(reporter_db, day_of(ago())))["stock_days"] == 2 + 2
    assert await figures_of_stock(reporter_db, cabinet_id) == before
    left = {
        (row["warehouse"], row["revision"]) for row in await all_rows(reporter_db, "stock_days") if row["nm_id"] == 1
    }
    assert left == {("100", 3), ("100", 4), ("100", 5), ("101", 1)}
    assert (await retention.forget_old(reporter_db, day_of(ago())))["stock_days"] == 0


async def test_old_days_of_stock_are_found_by_an_index(reporter_db: Database) -> None:
    async with reporter_db.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO stock_days (cabinet_id, nm_id, source, chrt_id, barcode, tech_size, warehouse, day, most, "
                "quantity, revision, observed_at) SELECT gen_random_uuid(), 1, 'wb', n, '', '', '1', "
                "CAST(now() AS date) - n % 210, 1, 1, 1, now() FROM generate_series(1, 4000) AS n"
            )
        )
        await connection.execute(text("ANALYZE stock_days"))
        await connection.execute(text("SET LOCAL enable_seqscan = off"))
        explain = text(f"EXPLAIN {retention.OLD_STOCK_DAYS.text}")
        plan = (await connection.execute(explain, {"days": 200, "batch": 100, "today": day_of(ago())})).scalars().all()
    assert any("stock_days_old" in line for line in plan), plan


async def test_the_price_that_held_good_is_never_forgotten(reporter_db: Database, cabinet_id: UUID) -> None:
    history = [
        {"nm_id": 1, "size_id": 1, "revision": n, "changed_at": ago(days=days)} for n, days in enumerate((300, 200, 99))
    ]
    alone = {"nm_id": 2, "size_id": 1, "revision": 1, "changed_at": ago(days=500)}
    await put(reporter_db, tables.price_history, cabinet_id, *history, alone)
    assert (await retention.forget_old(reporter_db, day_of(ago())))["price_history"] == 1
    kept = {(row["nm_id"], row["revision"]) for row in await all_rows(reporter_db, "price_history")}
    assert kept == {(1, 1), (1, 2), (2, 1)}
    assert (await retention.forget_old(reporter_db, day_of(ago())))["price_history"] == 0


async def test_what_was_reconciled_goes_after_a_hundred_days(reporter_db: Database, cabinet_id: UUID) -> None:
    part = {"nm_id": 1, "against": "funnel", "class": "unknown"}
    days = [{**part, "day": (datetime.now(UTC) - timedelta(days=n)).date()} for n in (0, 99, 102)]
    await put(reporter_db, tables.reconciliation, cabinet_id, *days)
    assert (await retention.forget_old(reporter_db, day_of(ago())))["reconciliation"] == 1
    assert len(await all_rows(reporter_db, "reconciliation")) == 2
