"""The largest, smallest and oddest values that the contracts allow: they are stored, counted and told."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.order_report import OrderReport
from contracts.orders import OrdersReportedV1, order_id
from pydantic import AwareDatetime
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.jobs.prepare_digests import prepare_digests
from reporter.jobs.reconcile import reconcile
from reporter.reports.order_report import order_report
from servicekit.db import Database
from structlog.testing import capture_logs
from support.any_rows import SOURCES, an_event, extreme
from support.outbox_rows import published
from support.reporting import NOON, TODAY, an_order, orders_updated
from support.rows import all_rows, count, execute

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]

CABINET = UUID(int=1)
TOMORROW = TODAY + timedelta(days=1)
ROWS = 3
"""Two of the largest have a sum that their column has no room for."""

LARGEST = Decimal("99999999999999.9999")
ODD = "\u202e\ufeff\x01{0}%s:x '\"\\ \U0001f9fe" + "e\u0301" * 50
# Of times and days the ingestor lets those of this century through.
EXTREMES = {
    "largest": {int: 2**63 - 1, Decimal: LARGEST, str: ODD},
    "smallest": {int: -(2**63), Decimal: -LARGEST, str: ""},
    "late": {AwareDatetime: datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC), date: date(2100, 12, 31)},
    "early": {AwareDatetime: datetime(2000, 1, 1, tzinfo=UTC), date: date(2000, 1, 1)},
    "nothing": {int: 0, Decimal: Decimal(0), str: " "},
}


@pytest.mark.usefixtures("ingestor_db")
@pytest.mark.parametrize("extremes", EXTREMES.values(), ids=EXTREMES)
async def test_everything_is_stored_counted_and_told(
    extremes: dict[Any, Any], fold: Fold, count_stale: CountStale, reporter_db: Database
) -> None:
    for facts in SOURCES.values():
        await fold(an_event(facts, CABINET, *(extreme(facts, CABINET, key, extremes) for key in range(ROWS))))
        assert await count(reporter_db, facts.table.name) > 0
    with capture_logs() as logs:
        while await count(reporter_db, "stale_cabinets"):
            assert await count_stale(), "something cannot be counted"
        await reconcile(reporter_db, CabinetLocks(), Pace(), lambda: TODAY, lambda: NOON, after_seconds=0)
        await execute(reporter_db, "UPDATE figure_days SET day = :day", day=TOMORROW)
        assert await prepare_digests(reporter_db, Pace(), TOMORROW) == 3
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert await count(reporter_db, "item_figures") > 0
    assert await published(reporter_db, OrdersReportedV1.TYPE)
    async with reporter_db.transaction() as connection:
        report = await order_report(connection, CABINET, order_id(CABINET, "a"), NOON)
    assert report is not None
    assert OrderReport.model_validate_json(report.model_dump_json()) == report


async def test_orders_of_the_largest_price_add_up(fold: Fold, count_stale: CountStale, reporter_db: Database) -> None:
    await fold(orders_updated(CABINET, *(an_order(CABINET, str(n), price=str(LARGEST)) for n in range(500))))
    await count_stale()
    sums = {
        row["orders_sum"] for table in ("day_totals", "analytics_cache") for row in await all_rows(reporter_db, table)
    }
    assert sums == {500 * LARGEST}
    [event] = await published(reporter_db, OrdersReportedV1.TYPE)
    assert {order.shop_today.orders_sum for order in event.data.orders} == {500 * LARGEST}
