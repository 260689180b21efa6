"""Orders by API against the funnel and finance: what is read, and what is stored of it."""

from datetime import timedelta
from uuid import UUID

from reporter import tables
from servicekit.db import Database
from support.facts import put, put_orders
from support.reconciling import DAY, Reconcile, a_funnel, a_line, a_sale, by_feed, day, found, mark
from support.reporting import NOON, an_order
from support.rows import all_rows


class TestFunnel:
    async def test_each_kind_of_difference(self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY, supplier_article="A"),
            by_feed(cabinet_id, "b"),
            an_order(cabinet_id, "c", days_ago=8, supplier_article="A"),
            an_order(cabinet_id, "d", days_ago=6, supplier_article="A"),
            an_order(cabinet_id, "e", days_ago=1, supplier_article="A"),
            an_order(cabinet_id, "f", days_ago=30, supplier_article="A"),
        )
        await put(
            reporter_db,
            tables.funnel_days,
            cabinet_id,
            a_funnel(2, 190),  # the other one is paid in parts
            a_funnel(1, 99, days_ago=8),
            a_funnel(2, 250, days_ago=6),
            a_funnel(0, 0, days_ago=5),
            a_funnel(3, 300, days_ago=1),
            a_funnel(1, 700, days_ago=99),  # before what is looked at
        )
        await mark(reporter_db, cabinet_id, 1)
        assert await reconcile() == 1
        assert await found(reporter_db) == {
            (DAY, "unpaid_or_instalment"): (1, 90),
            (8, "rounding"): (0, -1),
            (6, "unknown"): (1, 150),
            (1, "not_yet_refreshed"): (2, 200),
        }

    async def test_where_the_feed_is_the_only_source_its_orders_are_those_by_api(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(reporter_db, cabinet_id, by_feed(cabinet_id, "a"), by_feed(cabinet_id, "b"))
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 180))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {}

    async def test_a_sale_without_its_order_was_unpaid(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY),
            an_order(cabinet_id, "b", days_ago=DAY - 1),
        )
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(4, 400))
        await put(
            reporter_db,
            tables.finance_rows,
            cabinet_id,
            *(a_line(srid, days_ago=2, ordered=DAY) for srid in ("a", "b", "c")),
            a_line("c", days_ago=3, ordered=DAY),
            a_line(None, days_ago=2, ordered=DAY),
        )
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {(DAY, "unpaid_or_instalment"): (1, 100), (DAY, "unknown"): (2, 200)}

    async def test_another_currency_and_a_price_that_has_not_come(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put_orders(
            reporter_db,
            cabinet_id,
            an_order(cabinet_id, "a", days_ago=DAY, currency="KGS", supplier_article="A"),
            an_order(cabinet_id, "b", days_ago=5, price=None, supplier_article="A"),
        )
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(1, 90), a_funnel(1, 90, days_ago=5))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        rows = {(row["day"], row["currency"], row["class"]) for row in await all_rows(reporter_db, "reconciliation")}
        assert rows == {
            (day(DAY), "KGS", "currency"),
            (day(DAY), "RUB", "currency"),
            (day(5), "RUB", "simplified_amount"),
        }

    async def test_a_funnel_that_stopped_is_told_to_its_end_later(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.funnel_days, cabinet_id, a_funnel(2, 200))
        await put(reporter_db, tables.sources, cabinet_id, {"resource": "funnel", "as_of": NOON - timedelta(days=DAY)})
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db) == {(DAY, "not_yet_refreshed"): (2, 200)}


class TestFinance:
    async def test_each_kind_of_difference(self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID) -> None:
        await put_orders(reporter_db, cabinet_id, an_order(cabinet_id, "first", days_ago=30))
        await put(
            reporter_db,
            tables.sales,
            cabinet_id,
            a_sale("same"),
            a_sale("back", is_return=True, for_pay=-70),
            a_sale("moved", days_ago=12),
            a_sale("less", days_ago=14, for_pay=80),
            a_sale("open", days_ago=15, for_pay=None),
            a_sale("lost", days_ago=16),
            a_sale("late", days_ago=3),
            a_sale("today", days_ago=0),
            {**a_sale("x", days_ago=20), "srid": None},
        )
        await put(
            reporter_db,
            tables.finance_rows,
            cabinet_id,
            a_line("same"),
            a_line("back", seller_oper_name="Возврат"),
            a_line("moved", days_ago=11),
            a_line("less", days_ago=14),
            a_line("open", days_ago=15),
            a_line("parts", days_ago=17),
            a_line("before us", days_ago=18, ordered=31),
            a_line("same", days_ago=9, seller_oper_name="Логистика", quantity=0),
        )
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await found(reporter_db, "finance") == {
            (12, "booked_on_another_day"): (-1, -70),
            (11, "booked_on_another_day"): (1, 70),
            (14, "simplified_amount"): (0, -10),
            (15, "simplified_amount"): (0, 70),
            (16, "unknown"): (-1, -70),
            (17, "unpaid_or_instalment"): (1, 70),
            (20, "unknown"): (-1, -70),
            (3, "not_yet_refreshed"): (-1, -70),
        }

    async def test_before_the_first_report_there_is_nothing_to_compare(
        self, reporter_db: Database, reconcile: Reconcile, cabinet_id: UUID
    ) -> None:
        await put(reporter_db, tables.sales, cabinet_id, a_sale("a"))
        await mark(reporter_db, cabinet_id, 1)
        await reconcile()
        assert await all_rows(reporter_db, "reconciliation") == []
