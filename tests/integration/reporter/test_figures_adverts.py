"""Adverts as they are read from the statistics of campaigns."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import AdvertPeriod, Adverts
from reporter.figures.sections.adverts import count
from reporter.tables import analytics_cache, campaign_budgets, campaign_stats, campaigns
from servicekit.db import Database
from support.facts import put
from support.reporting import TODAY
from support.rows import statements


def stat(days_ago: int, *, spent: str = "0", order_sum: str | None = "0", **fields: Any) -> dict[str, Any]:
    """A day of campaign 1 on the site, of item 1."""
    values = {"advert_id": 1, "nm_id": 1, "app_type": 1, "views": 0, "clicks": 0, "orders": 0, **fields}
    day, sums = TODAY - timedelta(days=days_ago), {"spent": D(spent), "order_sum": order_sum and D(order_sum)}
    return {**values, **sums, "day": day}


def ordered(period_days: int, orders_sum: str, *, nm_id: int = 1, currency: str = "RUB") -> dict[str, Any]:
    figures = {"orders": 1, "orders_sum": D(orders_sum), "period_end": TODAY}
    return {"nm_id": nm_id, "period_days": period_days, "currency": currency, **figures}


async def counted(database: Database, cabinet_id: UUID, *nm_ids: int) -> dict[tuple[int, str], Adverts]:
    async with database.transaction() as connection:
        with statements(database) as sent:
            told = await count(connection, cabinet_id, nm_ids, TODAY)
        assert len(sent) == 1
        return told


async def test_the_figures_of_every_period(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        campaign_stats,
        cabinet_id,
        stat(0, spent="100", order_sum="1500", views=1000, clicks=30, orders=1),
        stat(0, spent="20", order_sum="500", views=100, clicks=10, orders=1, app_type=32),
        stat(6, spent="30", order_sum=None, views=500, clicks=5),
        stat(7, spent="50", order_sum="700", views=400, clicks=5, orders=2),
        stat(89, spent="1"),
        stat(90, spent="1000"),
        stat(-1, spent="1000"),
    )
    await put(reporter_db, analytics_cache, cabinet_id, ordered(7, "6000"), ordered(14, "8000"), ordered(90, "0"))
    told = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"]
    by_days = {period.period_days: period for period in told.periods}
    assert list(by_days) == [7, 14, 30, 60, 90]
    assert by_days[7] == AdvertPeriod(
        period_days=7,
        views=1600,
        clicks=45,
        spent=D("150.00"),
        orders=2,
        orders_sum=D("2000.00"),
        drr=D("2.50"),
        drr_adverts=D("7.50"),
        cpo=D("75.00"),
        ctr=D("2.81"),
        cpc=D("3.33"),
    )
    assert (by_days[14].spent, by_days[14].drr, by_days[14].cpo) == (D(200), D("2.50"), D("50.00"))
    # All orders of 30 days are not known; those of 90 sum up to nothing.
    assert (by_days[30].drr, by_days[90].drr, by_days[90].spent) == (None, None, D(201))
    assert (told.campaigns, told.budget_left) == (0, None)


async def test_what_came_to_nothing_has_no_quotient(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(reporter_db, campaign_stats, cabinet_id, stat(0, spent="5"))
    period = (await counted(reporter_db, cabinet_id, 1))[1, "RUB"].periods[0]
    assert (period.drr, period.drr_adverts, period.cpo, period.ctr, period.cpc) == (None,) * 5


async def test_campaigns_that_run_now_and_what_is_left_for_them(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        campaigns,
        cabinet_id,
        {"advert_id": 1, "status": 9, "nm_ids": [1, 2]},
        {"advert_id": 2, "status": 9, "nm_ids": [1]},
        {"advert_id": 3, "status": 11, "nm_ids": [1, 3]},
        {"advert_id": 4, "status": 9, "nm_ids": [1, 3], "gone": True},
        {"advert_id": 5, "status": 9, "nm_ids": [4]},
    )
    await put(
        reporter_db,
        campaign_budgets,
        cabinet_id,
        {"advert_id": 1, "total": D(900)},
        {"advert_id": 2, "total": D("100.5")},
        {"advert_id": 3, "total": D(7)},
        {"advert_id": 5, "total": D(8), "gone": True},
    )
    told = await counted(reporter_db, cabinet_id, 0, 1, 2, 3, 4)
    assert {nm_id: (each.campaigns, each.budget_left) for (nm_id, _), each in told.items()} == {
        0: (3, D("1000.50")),
        1: (2, D("1000.50")),
        2: (1, D("900.00")),
        4: (1, None),
    }
    assert [period.spent for period in told[4, "RUB"].periods] == [D(0)] * 5


async def test_each_currency_by_itself_and_items_add_up_to_the_cabinet(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        campaigns,
        cabinet_id,
        {"advert_id": 1, "status": 7, "currency": "KZT"},
        {"advert_id": 2, "status": 9, "nm_ids": [1], "currency": "RUB"},
    )
    await put(
        reporter_db,
        campaign_stats,
        cabinet_id,
        stat(0, spent="700", views=7),
        stat(1, spent="10", views=1, advert_id=2),
        stat(1, spent="5", views=2, advert_id=2, nm_id=2),
        stat(1, spent="3", views=4, advert_id=9, nm_id=2),
    )
    await put(
        reporter_db,
        analytics_cache,
        cabinet_id,
        ordered(7, "1000"),
        ordered(7, "70000", currency="KZT"),
        ordered(7, "1800", nm_id=0),
    )
    told = await counted(reporter_db, cabinet_id, 0, 1, 2)
    week = {key: each.periods[0] for key, each in told.items()}
    assert {key: (each.spent, each.views, each.drr) for key, each in week.items()} == {
        (0, "KZT"): (D(700), 7, None),
        (0, "RUB"): (D(18), 7, D("1.00")),
        (1, "KZT"): (D(700), 7, D("1.00")),
        (1, "RUB"): (D(10), 1, D("1.00")),
        (2, "RUB"): (D(8), 6, None),
    }
    assert (told[1, "KZT"].campaigns, told[1, "RUB"].campaigns) == (0, 1)
