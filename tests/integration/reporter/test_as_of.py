"""Figures as they were at a time are what was seen then."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from reporter.figures.moscow import day_of
from reporter.rebuild.as_of import NotInTheLog, build_as_of, figures
from reporter.reports.order_report import order_report
from support.rebuilding import Reporter
from support.reporting import a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import rows
from support.shop_histories import history

FIRST = datetime(2026, 11, 18, 20, 30, tzinfo=UTC)
"""Half past eleven in the evening in Moscow."""
STEP = timedelta(minutes=17)


async def seen(reporter: Reporter, cabinet_id: UUID, nm_id: int) -> Any:
    async with reporter.database.transaction() as connection:
        return await figures(connection, cabinet_id, nm_id)


async def then(reporter: Reporter, cabinet_id: UUID, at: datetime, nm_id: int) -> Any:
    async with reporter.shadow() as shadow:
        await build_as_of(shadow, cabinet_id, at)
        async with shadow.transaction() as connection:
            return await figures(connection, cabinet_id, nm_id)


async def test_they_are_what_was_seen_then(reporter: Reporter, cabinet_id: UUID) -> None:
    looks = {}
    reporter.today = day_of(FIRST)
    for n, event in enumerate(history(cabinet_id, seed=12)):
        at = FIRST + n * STEP
        if day_of(at) != reporter.today:
            await reporter.turn(day_of(at))
        await reporter.see(event, at=at)
        if n % 13 == 6:
            await reporter.count()
            for nm_id in (0, 1, 2):
                looks[at + STEP / 2, nm_id] = await seen(reporter, cabinet_id, nm_id)
    assert len({str(look) for look in looks.values()}) > 3
    for (at, nm_id), look in looks.items():
        assert await then(reporter, cabinet_id, at, nm_id) == look, at


async def test_facts_older_than_the_log_count_and_what_came_later_does_not(
    reporter: Reporter, cabinet_id: UUID
) -> None:
    reporter.today = day_of(FIRST)
    await reporter.handle(products_updated(cabinet_id, 1), stocks_updated(cabinet_id, a_stock(4)))
    await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id, days_ago=3)), at=FIRST)
    await reporter.count()
    look = await seen(reporter, cabinet_id, 1)
    await reporter.see(
        orders_updated(cabinet_id, an_order(cabinet_id, "later", days_ago=3)),
        products_updated(cabinet_id, 2),
        at=FIRST + 2 * STEP,
    )
    await reporter.count()
    async with reporter.shadow() as shadow:
        built = await build_as_of(shadow, cabinet_id, FIRST + STEP)
        assert built.events == 1
        assert {"products", "stocks"} <= built.kept.keys()
        assert await rows(shadow, "SELECT nm_id FROM products") == [{"nm_id": 1}]
        async with shadow.transaction() as connection:
            assert await figures(connection, cabinet_id, 1) == look


async def test_a_time_before_the_log_is_refused_with_its_beginning(reporter: Reporter, cabinet_id: UUID) -> None:
    async with reporter.shadow() as shadow:
        with pytest.raises(NotInTheLog, match="has no events"):
            await build_as_of(shadow, cabinet_id, FIRST)
        await reporter.see(orders_updated(cabinet_id, an_order(cabinet_id)), at=FIRST)
        with pytest.raises(NotInTheLog, match=r"begins at 2026-11-18T20:30:00"):
            await build_as_of(shadow, cabinet_id, FIRST - STEP)


async def test_the_report_of_an_order_is_what_it_was(reporter: Reporter, cabinet_id: UUID) -> None:
    reporter.today = day_of(FIRST)
    order = an_order(cabinet_id, ordered_at=FIRST - timedelta(days=1))
    await reporter.see(orders_updated(cabinet_id, order), products_updated(cabinet_id, title="then"), at=FIRST)
    await reporter.count()
    at = FIRST + STEP
    async with reporter.database.transaction() as connection:
        look = await order_report(connection, cabinet_id, order.order_id, at)
    assert look is not None
    await reporter.see(
        orders_updated(cabinet_id, order.model_copy(update={"revision": 2, "is_cancel": True, "change": "cancelled"})),
        products_updated(cabinet_id, revision=2, title="now"),
        at=FIRST + 2 * STEP,
    )
    await reporter.count()
    async with reporter.shadow() as shadow:
        await build_as_of(shadow, cabinet_id, at)
        async with shadow.transaction() as connection:
            assert await order_report(connection, cabinet_id, order.order_id, at) == look
