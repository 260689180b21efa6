"""What a digest says of its period."""

from datetime import datetime, time, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.digests import (
    AdvertsOfPeriod,
    Compared,
    DigestKind,
    Estimate,
    ReviewsOfPeriod,
    SourceAge,
)
from contracts.items import Section, SizeUnits, Stock, Units
from contracts.model import MOSCOW
from reporter import tables
from reporter.digests.compose import LARGEST, largest
from reporter.digests.periods import ended
from reporter.digests.read import Item, Totals
from servicekit.db import Database
from support.digesting import UNIT, YESTERDAY, counted, stat, total, unit
from support.facts import put
from support.reporting import TODAY
from support.rows import statements


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
