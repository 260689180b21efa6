"""Digests: each period once, whatever it is made of; days add up to weeks and months."""

import asyncio
import json
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.analytics import WHOLE_CABINET
from contracts.digests import (
    AdvertsOfPeriod,
    Compared,
    DigestKind,
    DigestPreparedV1,
    Estimate,
    ReviewsOfPeriod,
    SourceAge,
)
from contracts.items import Section, SizeUnits, Stock, UnitEconomics, UnitMoney, Units
from contracts.model import MOSCOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporter import cabinets, tables
from reporter.digests import prepared
from reporter.digests.compose import LARGEST, largest
from reporter.digests.periods import Days, Period, ended, ended_lately
from reporter.digests.read import Item, Totals
from reporter.figures.pacing import Pace
from reporter.jobs import prepare_digests as job
from reporter.jobs.prepare_digests import prepare_digests
from servicekit.db import Database
from structlog.testing import capture_logs
from support.facts import put
from support.outbox_rows import published
from support.reporting import TODAY
from support.rows import all_rows, execute, statements

YESTERDAY = TODAY - timedelta(days=1)
DAY = ended(DigestKind.DAY, TODAY)

UNIT = UnitMoney(
    price=D(100), commission_percent=D("24.5"), logistics=D("12.35"), tax=D("6"), cost=D("30"), other=D("1.5")
)


def total(day: date, nm_id: int = 1, **figures: Any) -> dict[str, Any]:
    """What an item came to on a day."""
    counts = {c.name: 0 for c in tables.day_totals.columns if c.name not in {"cabinet_id", "currency"}}
    sums = {name: D(value) for name, value in figures.items() if name.endswith("_sum")}
    return {**counts, "nm_id": nm_id, "day": day, **figures, **sums}


def stat(day: date, nm_id: int = 1, **figures: Any) -> dict[str, Any]:
    """A day of campaign 1 on the site."""
    values = {"advert_id": 1, "app_type": 1, "views": 0, "clicks": 0, "orders": 0, "order_sum": D(0), **figures}
    return {**values, "day": day, "nm_id": nm_id, "spent": D(figures.get("spent", 0))}


def unit(nm_id: int, money: UnitMoney = UNIT, currency: str = "RUB") -> dict[str, Any]:
    body = UnitEconomics(estimate=money).model_dump(mode="json")
    return {"nm_id": nm_id, "section": Section.MONEY, "currency": currency, "as_of": TODAY, "body": body}


async def turned(database: Database, cabinet_id: UUID, day: date = TODAY) -> None:
    """The cabinet's figures are of the day."""
    await put(database, tables.figure_days, cabinet_id, {"day": day})


async def counted(database: Database, cabinet_id: UUID, period: Period = DAY) -> DigestPreparedV1:
    async with database.transaction() as connection:
        return await prepared.count(connection, cabinet_id, period, revision=1)


async def told(database: Database, kind: DigestKind = DigestKind.DAY) -> list[DigestPreparedV1]:
    return [e.data for e in await published(database, DigestPreparedV1.TYPE) if e.data.kind is kind]


async def run(database: Database, today: date = TODAY) -> int:
    return await prepare_digests(database, Pace(), today)


async def an_hour_passes(database: Database) -> None:
    await execute(database, "UPDATE digests SET looked_at = looked_at - interval '1 hour'")


class TestFigures:
    async def test_orders_cancels_buyouts_and_returns_against_the_day_before(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await put(
            reporter_db,
            tables.day_totals,
            cabinet_id,
            total(YESTERDAY, orders=3, orders_sum=300, cancelled=1, cancelled_sum=100, sales=2, sales_sum=220),
            total(YESTERDAY, 2, orders=1, orders_sum=30, returns=1, returns_sum=25),
            total(YESTERDAY - timedelta(days=1), orders=2, orders_sum=220, returns=1, returns_sum=50),
            total(YESTERDAY - timedelta(days=2), orders=9, orders_sum=999),
            total(TODAY, orders=9, orders_sum=999),
            total(YESTERDAY, WHOLE_CABINET, orders=4, orders_sum=330),
        )
        digest = await counted(reporter_db, cabinet_id)
        (roubles,) = digest.currencies
        assert roubles.orders == Compared(count=4, sum=D(330), previous_count=2, previous_sum=D(220), change=D("50.00"))
        assert (roubles.cancelled.count, roubles.cancelled.sum, roubles.cancelled.change) == (1, D(100), None)
        assert (roubles.bought.count, roubles.bought.sum) == (2, D(220))
        assert roubles.returns == Compared(count=1, sum=D(25), previous_count=1, previous_sum=D(50), change=D("-50.00"))
        assert (digest.first_day, digest.last_day) == (YESTERDAY, YESTERDAY)
        assert (roubles.why.orders, roubles.why.orders_sum) == (2, D(110))

    async def test_a_cabinet_without_anything(self, reporter_db: Database, cabinet_id: UUID) -> None:
        digest = await counted(reporter_db, cabinet_id)
        assert not any((digest.currencies, digest.running_out, digest.freshness))
        assert digest.reviews == ReviewsOfPeriod(
            count=0, bad=0, previous_bad=0, unanswered=None, unanswered_questions=None
        )

    async def test_currencies_are_told_apart(self, reporter_db: Database, cabinet_id: UUID) -> None:
        rows = [total(YESTERDAY, orders=n, orders_sum=n, currency=c) for n, c in enumerate(("RUB", "BYN"), 1)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows)
        digest = await counted(reporter_db, cabinet_id)
        assert [(each.currency, each.orders.sum) for each in digest.currencies] == [("BYN", D(2)), ("RUB", D(1))]

    async def test_adverts_with_both_shares_of_what_was_spent(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await put(reporter_db, tables.day_totals, cabinet_id, total(YESTERDAY, orders=10, orders_sum=1000))
        rows = [
            stat(YESTERDAY, views=900, clicks=30, orders=3, order_sum=D(250), spent="40"),
            stat(YESTERDAY, app_type=32, views=100, clicks=10, orders=1, order_sum=None, spent="10"),
            stat(YESTERDAY - timedelta(days=1), spent="70"),
        ]
        await put(reporter_db, tables.campaign_stats, cabinet_id, *rows)
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        assert roubles.adverts == AdvertsOfPeriod(
            views=1000,
            clicks=40,
            spent=D(50),
            orders=4,
            orders_sum=D(250),
            previous_spent=D(70),
            drr=D("5.00"),
            drr_adverts=D("20.00"),
        )

    async def test_adverts_are_unknown_where_there_were_none(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await put(reporter_db, tables.day_totals, cabinet_id, total(YESTERDAY, orders=1, orders_sum=100))
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        assert roubles.adverts is None
        assert roubles.estimate is None

    async def test_the_estimate_is_of_what_was_bought_less_what_was_given_back(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await put(
            reporter_db,
            tables.day_totals,
            cabinet_id,
            total(YESTERDAY, sales=5, sales_sum=500, returns=1, returns_sum=110),
            total(YESTERDAY, 2, sales=1, sales_sum=70),
            total(YESTERDAY, 3, sales=1, sales_sum=40),
            total(YESTERDAY - timedelta(days=1), sales=1, sales_sum=100),
        )
        await put(
            reporter_db, tables.campaign_stats, cabinet_id, stat(YESTERDAY, spent="20"), stat(YESTERDAY, 3, spent="5")
        )
        no_cost = UNIT.model_copy(update={"cost": None})
        await put(reporter_db, tables.item_figures, cabinet_id, unit(1), unit(2, no_cost))
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        assert roubles.estimate == Estimate(
            revenue=D(390),
            commission=D("95.55"),
            logistics=D("49.40"),
            adverts=D(20),
            tax=D(24),
            cost=D(120),
            other=D(6),
            profit=D("75.05"),
            previous_profit=D(100) - D("24.5") - D("12.35") - 6 - 30 - D("1.5"),
            items_without=2,
            sum_without=D(110),
        )
        assert [(top.nm_id, top.amount) for top in roubles.top_revenue] == [(1, D(390)), (2, D(70)), (3, D(40))]
        assert [(top.nm_id, top.amount) for top in roubles.top_profit] == [(1, D("75.05"))]

    async def test_the_best_items_by_name_and_no_more_than_five(self, reporter_db: Database, cabinet_id: UUID) -> None:
        rows = [total(YESTERDAY, n, sales=1, sales_sum=100 * (n % 7)) for n in range(1, 15)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows)
        await put(
            reporter_db, tables.products, cabinet_id, {"nm_id": 6, "title": "Coat", "vendor_code": "C-6", "sizes": []}
        )
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        assert [top.nm_id for top in roubles.top_revenue] == [6, 13, 5, 12, 4]
        assert (roubles.top_revenue[0].title, roubles.top_revenue[0].vendor_code) == ("Coat", "C-6")

    async def test_the_plan_of_the_month_as_its_day_ended(self, reporter_db: Database, cabinet_id: UUID) -> None:
        month = YESTERDAY.replace(day=1)
        rows = [total(month + timedelta(days=n), WHOLE_CABINET, orders=1, orders_sum=100) for n in range(25)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows, total(YESTERDAY, orders=1, orders_sum=100))
        await put(
            reporter_db, tables.plans, cabinet_id, {"nm_id": 0, "month": month, "orders": 30, "orders_sum": D(6000)}
        )
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        assert roubles.plan is not None
        assert (roubles.plan.orders, roubles.plan.orders_sum) == (19, D(1900))
        assert (roubles.plan.expected_share, roubles.plan.done_orders, roubles.plan.on_course_sum) == (
            D("63.33"),
            D("63.33"),
            D("50.00"),
        )

    async def test_a_month_is_measured_by_its_own_plan(self, reporter_db: Database, cabinet_id: UUID) -> None:
        month = ended(DigestKind.MONTH, TODAY)
        row = total(month.now.last, orders=3, orders_sum=100)
        await put(reporter_db, tables.day_totals, cabinet_id, row, {**row, "nm_id": 0})
        plan = {"nm_id": 0, "month": month.now.first, "orders": 6}
        await put(reporter_db, tables.plans, cabinet_id, plan)
        (roubles,) = (await counted(reporter_db, cabinet_id, month)).currencies
        assert roubles.plan is not None
        assert (roubles.plan.month, roubles.plan.done_orders, roubles.plan.expected_share) == (
            month.now.first,
            D(50),
            D(100),
        )

    async def test_what_runs_out_within_a_week_by_size(self, reporter_db: Database, cabinet_id: UUID) -> None:
        def units(days_left: str | None, wb: int = 5, **size: Any) -> dict[str, Any]:
            return {"wb": wb, "own": None, "orders_per_day": None, "days_left": days_left, **size}

        def stock(nm_id: int, whole: dict[str, Any], *sizes: dict[str, Any]) -> dict[str, Any]:
            body = Stock(
                total=Units.model_validate(whole),
                sizes=tuple(map(SizeUnits.model_validate, sizes)),
                method="mean",
                lead_days=14,
                target_days=30,
                as_of=None,
            ).model_dump(mode="json")
            return {"nm_id": nm_id, "section": Section.STOCK, "currency": "", "as_of": TODAY, "body": body}

        await put(
            reporter_db,
            tables.item_figures,
            cabinet_id,
            stock(0, units("1")),
            stock(
                1,
                units("2"),
                units("6.99", chrt_id=10, tech_size="M"),
                units("7", chrt_id=11),
                units("0", 0, chrt_id=12),
            ),
            stock(2, units("3.5", runs_out_on=TODAY)),
            stock(3, units(None)),
        )
        digest = await counted(reporter_db, cabinet_id)
        assert [(each.nm_id, each.tech_size, each.days_left) for each in digest.running_out] == [
            (2, None, D("3.5")),
            (1, "M", D("6.99")),
        ]
        assert digest.running_out_count == 2

    async def test_reviews_of_the_period_and_what_waits(self, reporter_db: Database, cabinet_id: UUID) -> None:
        def feedback(number: int, moment: datetime, stars: int | None, **fields: Any) -> dict[str, Any]:
            return {"id": str(number), "created_at": moment, "valuation": stars, "nm_id": 1, **fields}

        midnight = datetime.combine(YESTERDAY, time(), MOSCOW)
        second = timedelta(seconds=1)
        await put(
            reporter_db,
            tables.feedbacks,
            cabinet_id,
            feedback(1, midnight, 3),
            feedback(2, midnight + timedelta(days=1) - second, 4),
            feedback(3, midnight + timedelta(days=1), 1),
            feedback(4, midnight - second, 1),
            feedback(5, midnight, 1, parent_id="1"),
            feedback(6, midnight, None),
        )
        body = {"unanswered": 4, "unanswered_questions": 2}
        row = {"nm_id": 0, "section": Section.REVIEWS, "currency": "", "as_of": TODAY, "body": body}
        await put(reporter_db, tables.item_figures, cabinet_id, row)
        assert (await counted(reporter_db, cabinet_id)).reviews == ReviewsOfPeriod(
            count=2, bad=1, previous_bad=1, unanswered=4, unanswered_questions=2
        )

    async def test_how_old_the_data_were(self, reporter_db: Database, cabinet_id: UUID) -> None:
        early = datetime.combine(YESTERDAY, time(), MOSCOW)
        late = early + timedelta(hours=1)
        await put(
            reporter_db,
            tables.sources,
            cabinet_id,
            {"resource": "orders", "as_of": late},
            {"resource": "stocks", "as_of": early, "delayed_since": early},
            {"resource": "sales", "as_of": late, "delayed_since": early, "recovered_at": late},
            {"resource": "costs", "as_of": late},
        )
        assert (await counted(reporter_db, cabinet_id)).freshness == (
            SourceAge(resource="orders", as_of=late),
            SourceAge(resource="sales", as_of=late),
            SourceAge(resource="stocks", as_of=early, delayed_since=early),
        )

    async def test_what_other_reports_say_otherwise(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await put(reporter_db, tables.day_totals, cabinet_id, total(YESTERDAY, orders=1, orders_sum=100))
        rows = [
            {"nm_id": n, "day": day, "against": "funnel", "class": name, "pieces": pieces, "amount": D(100 * pieces)}
            for n, day, name, pieces in (
                (1, YESTERDAY, "unpaid", 2),
                (2, YESTERDAY, "unpaid", 3),
                (1, YESTERDAY, "unknown", 1),
                (2, YESTERDAY, "unknown", -1),
                (1, TODAY, "unpaid", 9),
            )
        ]
        await put(reporter_db, tables.reconciliation, cabinet_id, *rows)
        (roubles,) = (await counted(reporter_db, cabinet_id)).currencies
        (difference,) = roubles.reconciliation
        assert (difference.against, difference.reason, difference.pieces, difference.amount) == (
            "funnel",
            "unpaid",
            5,
            D(500),
        )

    async def test_days_without_stock_are_a_cause(self, reporter_db: Database, cabinet_id: UUID) -> None:
        week = ended(DigestKind.WEEK, TODAY)
        rows = [total(day, n, orders=7, orders_sum=700) for n in (1, 2) for day in (week.before.first, week.now.first)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows)
        stock = {"nm_id": 1, "source": "wb", "chrt_id": 10, "barcode": "", "tech_size": "", "warehouse": "1"}
        days = (week.before.first - timedelta(days=1), 5, 5), (week.now.first + timedelta(days=2), 5, 0)
        changes = [
            {**stock, "day": day, "most": most, "quantity": left, "revision": n}
            for n, (day, most, left) in enumerate(days, 1)
        ]
        await put(reporter_db, tables.stock_days, cabinet_id, *changes)
        (roubles,) = (await counted(reporter_db, cabinet_id, week)).currencies
        parts = {part.cause: part for part in roubles.why.parts}
        assert (parts["stock"].orders, parts["stock"].orders_sum) == (D(-4), D(-400))
        assert [(item.nm_id, item.orders_sum) for item in parts["stock"].items] == [(1, D(-400))]
        assert (parts["demand"].orders, roubles.why.orders) == (D(4), 0)

    async def test_days_in_stock_are_looked_at_for_the_largest_items(self) -> None:
        sums = [Totals(orders_sum=D(amount)) for amount in range(LARGEST + 1)]
        items = [Item(nm_id, "RUB", now=now, before=sums[1]) for nm_id, now in enumerate(sums, 1)]
        assert largest([*items, Item(1, "BYN", now=Totals(orders_sum=D(1)))])[:2] == [LARGEST + 1, LARGEST]
        assert 1 not in largest(items)
        assert len(largest(items)) == LARGEST

    async def test_takes_as_many_statements_however_many_the_items(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        rows = [total(YESTERDAY, n, orders=1, orders_sum=100, sales=1, sales_sum=90) for n in range(1, 2 * LARGEST)]
        counts = []
        for some in (rows[:LARGEST], rows[LARGEST:]):
            await put(reporter_db, tables.day_totals, cabinet_id, *some)
            with statements(reporter_db) as sent:
                await counted(reporter_db, cabinet_id)
            counts.append(len(sent))
        assert counts[0] == counts[1]


figures = st.integers(0, 9)
of_days = st.lists(
    st.tuples(
        st.integers(0, 61),
        st.integers(1, 3),
        st.sampled_from(["RUB", "BYN"]),
        st.lists(figures, min_size=8, max_size=8),
    ),
    max_size=25,
    unique_by=lambda row: row[:3],
)
of_campaigns = st.lists(
    st.tuples(st.integers(0, 61), st.integers(1, 3), figures, figures), max_size=10, unique_by=lambda row: row[:2]
)


def additive(digest: DigestPreparedV1) -> dict[tuple[str, str], D]:
    """What adds up, by currency and name."""
    found: dict[tuple[str, str], D] = {}
    for each in digest.currencies:
        for name in ("orders", "cancelled", "bought", "returns"):
            compared: Compared = getattr(each, name)
            found |= {(each.currency, name): D(compared.count), (each.currency, f"{name}_sum"): compared.sum}
        of_adverts = each.adverts.model_dump() if each.adverts else {}
        for name in ("views", "clicks", "spent", "orders", "orders_sum"):
            found[each.currency, f"adverts.{name}"] = D(of_adverts.get(name, 0))
        of_estimate = each.estimate.model_dump() if each.estimate else {}
        for name in ("revenue", "commission", "logistics", "adverts", "tax", "cost", "other", "profit"):
            found[each.currency, f"estimate.{name}"] = D(of_estimate.get(name, 0))
    return {key: value for key, value in found.items() if value}


def summed(digests: Iterable[DigestPreparedV1]) -> dict[tuple[str, str], D]:
    sums: dict[tuple[str, str], D] = {}
    for digest in digests:
        for key, value in additive(digest).items():
            sums[key] = sums.get(key, D(0)) + value
    return {key: value for key, value in sums.items() if value}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_days, of_campaigns, st.sampled_from([DigestKind.WEEK, DigestKind.MONTH]))
async def test_days_add_up_to_weeks_and_months_and_causes_to_the_whole(
    reporter_db: Database, rows: list[Any], adverts: list[Any], kind: DigestKind
) -> None:
    cabinet_id = uuid4()
    period = ended(kind, TODAY)
    names = ("orders", "orders_sum", "cancelled", "cancelled_sum", "sales", "sales_sum", "returns", "returns_sum")
    since = period.before.first
    await put(
        reporter_db,
        tables.day_totals,
        cabinet_id,
        *(
            total(since + timedelta(days=ago), nm_id, currency=currency, **dict(zip(names, values, strict=True)))
            for ago, nm_id, currency, values in rows
        ),
    )
    await put(
        reporter_db,
        tables.campaign_stats,
        cabinet_id,
        *(
            stat(since + timedelta(days=ago), nm_id, orders=orders, order_sum=D(orders), spent=D(spent) / 7)
            for ago, nm_id, orders, spent in adverts
        ),
    )
    odd = UNIT.model_copy(update={"commission_percent": D("33.33"), "logistics": D("0.01")})
    await put(reporter_db, tables.item_figures, cabinet_id, unit(1), unit(2, odd), unit(2, odd, "BYN"))
    whole = await counted(reporter_db, cabinet_id, period)
    days = [period.now.first + timedelta(days=n) for n in range(len(period.now))]
    of_days = [
        await counted(
            reporter_db,
            cabinet_id,
            Period(DigestKind.DAY, Days(day, day), Days(day - timedelta(days=1), day - timedelta(days=1))),
        )
        for day in days
    ]
    assert additive(whole) == summed(of_days)
    for digest in (whole, *of_days):
        for each in digest.currencies:
            assert each.why.orders_sum == each.orders.sum - each.orders.previous_sum
            assert each.why.orders == each.orders.count - each.orders.previous_count
            assert sum(part.orders_sum for part in each.why.parts) == each.why.orders_sum
            assert sum(part.orders for part in each.why.parts) == each.why.orders


class TestJob:
    @pytest.fixture(autouse=True)
    async def a_cabinet(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await turned(reporter_db, cabinet_id)
        rows = [total(YESTERDAY, nm_id, orders=1, orders_sum=100) for nm_id in (1, WHOLE_CABINET)]
        await put(reporter_db, tables.day_totals, cabinet_id, *rows)

    async def test_prepares_each_period_once_however_often_it_runs(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        assert await run(reporter_db) == 3
        assert await run(reporter_db) == 0
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0, "nothing has changed"
        assert {row["kind"]: row["first_day"] for row in await all_rows(reporter_db, "digests")} == {
            kind: ended(kind, TODAY).now.first for kind in DigestKind
        }
        (event,) = [e for e in await published(reporter_db) if e.data.kind is DigestKind.DAY]
        assert event.cabinetid == cabinet_id
        assert event.data.currencies[0].orders.count == 1

    async def test_many_at_once_prepare_each_period_once(self, reporter_db: Database) -> None:
        assert sum(await asyncio.gather(*(run(reporter_db) for _ in range(4)))) == 3
        assert len(await told(reporter_db)) == 1

    async def test_one_that_is_overtaken_while_it_counts_tells_nothing(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        count = prepared.count

        async def overtaken(*arguments: Any, **revision: Any) -> DigestPreparedV1:
            digest = await count(*arguments, **revision)
            monkeypatch.setattr(prepared, "count", count)
            async with reporter_db.transaction() as connection:
                assert await prepared.prepare(connection, cabinet_id, DAY)
            return digest

        monkeypatch.setattr(prepared, "count", overtaken)
        async with reporter_db.transaction() as connection:
            assert not await prepared.prepare(connection, cabinet_id, DAY)
        assert [digest.revision for digest in await told(reporter_db)] == [1]

    async def test_one_that_is_killed_leaves_nothing_half_done(
        self, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def die(*_: object) -> None:
            raise asyncio.CancelledError

        with monkeypatch.context() as patch:
            patch.setattr("servicekit.outbox.append", die)
            with pytest.raises(asyncio.CancelledError):
                await run(reporter_db)
        assert await all_rows(reporter_db, "digests") == []
        assert await run(reporter_db) == 3
        assert len(await told(reporter_db)) == 1

    async def test_late_data_give_another_revision_within_the_hour_after(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await run(reporter_db)
        await execute(reporter_db, "UPDATE day_totals SET orders = 2")
        assert await run(reporter_db) == 0, "it was looked at less than an hour ago"
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 1
        assert [(d.revision, d.currencies[0].orders.count) for d in await told(reporter_db)] == [(1, 1), (2, 2)]
        (row,) = [row for row in await all_rows(reporter_db, "digests") if row["kind"] == "day"]
        assert row["revision"] == 2
        body = row["body"] if isinstance(row["body"], dict) else json.loads(row["body"])
        assert DigestPreparedV1.model_validate(body) == (await told(reporter_db))[1]

    @pytest.mark.parametrize("late", ["adverts", "reviews", "sales before"])
    async def test_late_data_of_every_source_are_seen(self, reporter_db: Database, cabinet_id: UUID, late: str) -> None:
        await run(reporter_db)
        await an_hour_passes(reporter_db)
        noon = datetime.combine(YESTERDAY, time(12), MOSCOW)
        if late == "adverts":
            await put(reporter_db, tables.campaign_stats, cabinet_id, stat(YESTERDAY, spent="5"))
        elif late == "reviews":
            await put(reporter_db, tables.feedbacks, cabinet_id, {"id": "1", "created_at": noon, "valuation": 5})
        else:
            day = total(YESTERDAY - timedelta(days=1), WHOLE_CABINET, sales=1, sales_sum=10)
            await put(reporter_db, tables.day_totals, cabinet_id, day)
        assert await run(reporter_db) > 0
        assert [digest.revision for digest in await told(reporter_db)] == [1, 2]
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0

    async def test_looking_again_reads_the_cabinet_and_no_item(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await run(reporter_db)
        await an_hour_passes(reporter_db)
        with statements(reporter_db) as sent:
            async with reporter_db.transaction() as connection:
                assert not await prepared.prepare(connection, cabinet_id, DAY)
        assert len(sent) == 4, "is it connected, what was it made of, what is it made of, it was looked at"

    async def test_estimates_alone_give_no_other_revision(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await execute(reporter_db, "UPDATE day_totals SET sales = 1, sales_sum = 100")
        await run(reporter_db)
        await put(reporter_db, tables.item_figures, cabinet_id, unit(1))
        await an_hour_passes(reporter_db)
        assert await run(reporter_db) == 0

    async def test_what_is_later_than_late_is_left(self, reporter_db: Database, cabinet_id: UUID) -> None:
        monday = TODAY - timedelta(days=TODAY.weekday())
        await run(reporter_db, monday)
        sunday = monday - timedelta(days=1)
        late = [total(sunday, nm_id, orders=1, orders_sum=10) for nm_id in (5, WHOLE_CABINET)]
        await put(reporter_db, tables.day_totals, cabinet_id, *late)
        await an_hour_passes(reporter_db)
        await execute(reporter_db, "UPDATE figure_days SET day = day + 7")
        late_days = prepared.LATE_DAYS[DigestKind.WEEK]
        await run(reporter_db, sunday + timedelta(days=late_days + 1))
        assert [digest.revision for digest in await told(reporter_db, DigestKind.WEEK)] == [1]
        await run(reporter_db, sunday + timedelta(days=late_days))
        assert [digest.revision for digest in await told(reporter_db, DigestKind.WEEK)] == [1, 2]

    @pytest.mark.parametrize("down_days", [1, 3, 40])
    async def test_what_ended_while_the_reporter_was_down_is_prepared_once(
        self, reporter_db: Database, down_days: int
    ) -> None:
        await run(reporter_db)
        back = TODAY + timedelta(days=down_days)
        await execute(reporter_db, "UPDATE figure_days SET day = :day", day=back)
        expected = {
            kind: [
                period.now.first
                for period in ended_lately(kind, back, prepared.MISSED[kind])
                if period.now.last >= ended(kind, TODAY).now.last
            ]
            for kind in DigestKind
        }
        assert len(expected[DigestKind.DAY]) == min(down_days + 1, prepared.MISSED[DigestKind.DAY])
        for _ in range(2):
            await run(reporter_db, back)
        for kind, first_days in expected.items():
            digests = await told(reporter_db, kind)
            assert {digest.revision for digest in digests} == {1}
            assert [d.first_day for d in digests if d.first_day >= first_days[0]] == first_days, kind
            assert len({d.first_day for d in digests}) == len(digests)

    async def test_a_new_cabinet_is_told_of_the_last_periods_only(self, reporter_db: Database) -> None:
        assert await run(reporter_db) == len(DigestKind)

    async def test_waits_until_the_day_has_turned(self, reporter_db: Database) -> None:
        await execute(reporter_db, "UPDATE figure_days SET day = :day", day=YESTERDAY)
        await run(reporter_db)
        assert await told(reporter_db) == []

    async def test_waits_while_something_of_the_period_is_to_be_counted(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.stale_cells, cabinet_id, {"nm_id": 1, "day": TODAY})
        await put(reporter_db, tables.stale_cells, cabinet_id, {"nm_id": 1, "day": YESTERDAY})
        await run(reporter_db)
        assert await told(reporter_db) == []
        await execute(reporter_db, "DELETE FROM stale_cells WHERE day = :day", day=YESTERDAY)
        await run(reporter_db)
        assert len(await told(reporter_db)) == 1

    async def test_a_disconnected_cabinet_has_none(self, reporter_db: Database, cabinet_id: UUID) -> None:
        async with reporter_db.transaction() as connection:
            await cabinets.disconnect(connection, cabinet_id, datetime.combine(TODAY, time(), MOSCOW))
        assert await run(reporter_db) == 0
        assert await all_rows(reporter_db, "digests") == []

    async def test_a_cabinet_that_fails_holds_up_no_other(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        others = [uuid4() for _ in range(4)]
        for other in others:
            await turned(reporter_db, other)
        monkeypatch.setattr(job, "CHUNK_CABINETS", 2)
        count = prepared.count

        async def fail(connection: Any, of: UUID, period: Period, **revision: Any) -> DigestPreparedV1:
            if (of, period.kind) == (cabinet_id, DigestKind.DAY):
                raise ValueError("nobody can read this")
            return await count(connection, of, period, **revision)

        monkeypatch.setattr(prepared, "count", fail)
        with capture_logs() as logs:
            assert await run(reporter_db) == 3 * 5 - 1
        (failed,) = [entry for entry in logs if entry["event"] == "digest.failed"]
        assert (failed["cabinet_id"], failed["kind"]) == (str(cabinet_id), "day")
