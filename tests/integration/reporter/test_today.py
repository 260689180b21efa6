"""Today against yesterday, cut at the same minute."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.orders import DayFigures, TodayAndYesterday
from reporter.figures.moscow import day_of
from reporter.reports.today import Asked, today_and_yesterday
from servicekit.db import Database
from sqlalchemy import event, text
from support.reporting import NOON, TODAY, an_order, orders_updated

Fold = Callable[..., Awaitable[set[str]]]
DAY = timedelta(days=1)
SHOP = (0, "RUB")


async def compared(database: Database, cabinet_id: UUID, *asked: Asked, now: datetime) -> list[TodayAndYesterday]:
    async with database.transaction() as connection:
        found = await today_and_yesterday(connection, cabinet_id, asked, now)
    return [found[each] for each in asked]


def pieces(of: TodayAndYesterday) -> tuple[int, int, int]:
    return of.today.orders, of.yesterday_to_minute.orders, of.yesterday.orders


async def test_yesterday_is_cut_at_the_end_of_the_same_minute(
    fold: Fold, reporter_db: Database, cabinet_id: UUID
) -> None:
    minute = NOON - DAY
    moments = [minute - timedelta(hours=12), minute + timedelta(seconds=59), minute + timedelta(minutes=1)]
    outside = [minute - timedelta(hours=12, seconds=1), NOON + timedelta(hours=12)]
    orders = [an_order(cabinet_id, str(n), ordered_at=at) for n, at in enumerate([*moments, *outside, NOON])]
    await fold(orders_updated(cabinet_id, *orders))
    now = NOON + timedelta(seconds=30)
    both = await compared(reporter_db, cabinet_id, SHOP, (1, "RUB"), now=now)
    assert [pieces(each) for each in both] == [(1, 2, 3)] * 2
    assert both[0].minute == NOON


async def test_items_cabinet_and_currencies_stand_apart(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    yesterday = NOON - DAY
    await fold(
        orders_updated(
            cabinet_id,
            an_order(cabinet_id, "a", ordered_at=yesterday, price="10", is_cancel=True),
            an_order(cabinet_id, "b", ordered_at=yesterday + timedelta(hours=1), price="20"),
            an_order(cabinet_id, "c", ordered_at=yesterday, price="30", nm_id=2),
            an_order(cabinet_id, "d", ordered_at=yesterday, price="700", currency="KGS"),
            an_order(cabinet_id, "e", price="40"),
            an_order(cabinet_id, "f", price=None),
        ),
        orders_updated(other := uuid4(), an_order(other, ordered_at=yesterday)),
    )
    asked: list[Asked] = [SHOP, (1, "RUB"), (2, "RUB"), (0, "KGS"), (1, "KGS"), (3, "RUB")]
    shop, one, two, *abroad, never = await compared(reporter_db, cabinet_id, *asked, now=NOON)

    def figures(days_ago: int, orders: int, total: int, cancelled: int, currency: str = "RUB") -> DayFigures:
        day = TODAY - timedelta(days=days_ago)
        values: dict[str, Any] = {"orders": orders, "orders_sum": Decimal(total), "cancelled": cancelled}
        return DayFigures(day=day, currency=currency, **values)

    assert (shop.today, shop.yesterday_to_minute, shop.yesterday) == (
        figures(0, 2, 40, 0),
        figures(1, 2, 40, 1),
        figures(1, 3, 60, 1),
    )
    assert (one.today, one.yesterday_to_minute, one.yesterday) == (
        figures(0, 2, 40, 0),
        figures(1, 1, 10, 1),
        figures(1, 2, 30, 1),
    )
    assert pieces(two) == (0, 1, 1)
    for each in abroad:
        assert each.yesterday == each.yesterday_to_minute == figures(1, 1, 700, 0, "KGS")
        assert each.today == figures(0, 0, 0, 0, "KGS")
    assert pieces(never) == (0, 0, 0)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 11, 19, 20, 59, 59, tzinfo=UTC), (2, 1, 1)),  # the last second of the 19th in Moscow
        (datetime(2026, 11, 19, 21, 0, 0, tzinfo=UTC), (1, 1, 2)),  # the first of the 20th
    ],
)
async def test_the_moscow_day_turns_at_its_midnight(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, now: datetime, expected: tuple[int, int, int]
) -> None:
    midnight = datetime(2026, 11, 19, 21, 0, tzinfo=UTC)
    times = [midnight - DAY - timedelta(seconds=1), midnight - DAY, midnight - timedelta(seconds=1), midnight]
    orders = [an_order(cabinet_id, str(n), ordered_at=at) for n, at in enumerate(times)]
    await fold(orders_updated(cabinet_id, *orders), today=day_of(now))
    assert [pieces(each) for each in await compared(reporter_db, cabinet_id, SHOP, now=now)] == [expected]


@pytest.mark.parametrize("has_statistics", [False, True])
async def test_no_other_day_is_read(
    reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch, has_statistics: bool
) -> None:
    async with reporter_db.transaction() as connection:
        await connection.execute(_MANY, {"cabinet_id": cabinet_id, "newest": NOON})
        if has_statistics:
            await connection.execute(text("ANALYZE order_facts"))
    sent: list[tuple[str, Any]] = []
    engine = reporter_db.engine.sync_engine
    listener = lambda *arguments: sent.append((arguments[2], arguments[3]))  # noqa: E731
    event.listen(engine, "before_cursor_execute", listener)
    try:
        await compared(reporter_db, cabinet_id, SHOP, (1, "RUB"), now=NOON)
    finally:
        event.remove(engine, "before_cursor_execute", listener)
    [(statement, values)] = sent
    async with reporter_db.transaction() as connection:
        plan = (await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", values)).scalar_one()
    scans = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "order_facts"]
    read = sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)
    # Twice a day's orders, where an item too is found among all of its day.
    assert 24 * 60 < read <= 2 * 24 * 60


_MANY = text("""
INSERT INTO order_facts (cabinet_id, order_id, revision, day, updated_at, srid, ordered_at, last_change_at,
                         nm_id, is_cancel)
SELECT :cabinet_id, gen_random_uuid(), 1, CAST(at AT TIME ZONE INTERVAL '3 hours' AS date), at,
       CAST(n AS text), at, at, 1 + n % 40, false
FROM (
    SELECT n, CAST(:newest AS timestamptz) - n * interval '1 minute' AS at FROM generate_series(1, 40000) AS n
) AS made
""")
"""An order of 40 items a minute, for four weeks."""


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
