"""The report of one order, read from what is stored."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.order_report import OrderReport, PeriodSpeed, ReportedProduct
from contracts.orders import SourceAge, order_id
from contracts.products import ProductSize
from reporter.reports.order_report import order_report
from servicekit.db import Database
from sqlalchemy import text
from support.driver_log import sent
from support.every_section import everything
from support.item_figures import keep_figures
from support.reporting import (
    NOON,
    a_sale,
    a_stock,
    an_order,
    orders_updated,
    products_updated,
    sales_updated,
    stocks_updated,
)
from support.sync_states import keep

Fold = Callable[..., Awaitable[set[str]]]
pytestmark = pytest.mark.usefixtures("ingestor_db")


async def report_of(database: Database, cabinet_id: UUID, srid: str = "a") -> OrderReport:
    async with database.transaction() as connection:
        report = await order_report(connection, cabinet_id, order_id(cabinet_id, srid), NOON)
    assert report
    return report


async def test_an_order_of_another_cabinet_has_none(fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    async with reporter_db.transaction() as connection:
        assert await order_report(connection, uuid4(), order_id(cabinet_id, "a"), NOON) is None


class TestSections:
    async def test_an_order_with_nothing_known_beside_it(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, price=None)))
        report = await report_of(reporter_db, cabinet_id)
        assert report.order.state == "open"
        assert report.order.basket_size is None
        assert (report.money.estimate.price, report.money.estimate.profit, report.money.fact) == (None, None, None)
        assert set(report.money.missing) >= {"price", "cost"}
        assert (report.buyout_periods, report.velocity.raw, report.stocks) == ((), (), ())
        assert report.product == ReportedProduct.model_validate(dict.fromkeys(ReportedProduct.model_fields))
        assert report.today_vs_yesterday.product.today.orders == 1
        assert "Цена продавца      ещё не пришла" in report.text
        assert OrderReport.model_validate_json(report.model_dump_json()) == report

    async def test_everything_that_is_counted_stands_in_its_section(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, warehouse_name="Тула", region_name="Тула")))
        await keep_figures(reporter_db, cabinet_id, everything())
        report = await report_of(reporter_db, cabinet_id)
        [buyout] = report.buyout_periods
        assert (buyout.value, buyout.bought, buyout.finished, buyout.in_transit) == (Decimal("72.46"), 50, 69, 18)
        assert (buyout.cohort, buyout.open_share, buyout.mature) == (Decimal("57.47"), Decimal("20.69"), True)
        assert report.velocity.raw == (PeriodSpeed(period_days=7, orders=Decimal(3), sales=Decimal(2), days=7),)
        assert report.velocity.oos_corrected == (PeriodSpeed(period_days=7, orders=Decimal("3.5"), sales=None, days=6),)
        total, size = report.stocks
        assert (total.size, total.wb, total.own, total.days, total.restock) == (None, 5, 1, Decimal(6), 9)
        assert (total.to_client, total.target_days, [each.name for each in total.warehouses]) == (2, 30, ["Тула"])
        assert (size.size, size.chrt_id, size.target_days) == ("M", 10, None)
        assert report.route.local_share == Decimal("63.1")
        assert (report.product.rating, report.product.stars, report.product.abc_profit) == (
            Decimal("4.6"),
            (1, 2, 3, 4, 5),
            "B",
        )
        assert report.product.ads
        assert report.product.ads.period.drr == Decimal(2)  # of 30 days, in the order's currency
        assert report.product.ads.campaigns == 1

    async def test_adverts_without_30_days_are_not_shown(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, currency="KGS")))
        await keep_figures(reporter_db, cabinet_id, everything())
        assert (await report_of(reporter_db, cabinet_id)).product.ads is None

    async def test_a_price_and_what_is_paid_come_later(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, price=None)))
        await fold(sales_updated(cabinet_id, a_sale(price_with_disc=None, for_pay=None)))
        bought = await report_of(reporter_db, cabinet_id)
        assert (bought.order.state, bought.order.bought_at) == ("bought", NOON)
        assert (bought.money.estimate.price, bought.money.for_pay) == (None, None)
        assert "К перечислению" not in bought.text
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id, revision=2, change="changed")),
            sales_updated(cabinet_id, a_sale(revision=2, change="changed", previous={"for_pay": None})),
        )
        priced = await report_of(reporter_db, cabinet_id)
        assert (priced.money.estimate.price, priced.money.for_pay) == (Decimal(100), Decimal(75))
        assert "К перечислению: 75" in priced.text

    async def test_a_return_that_comes_before_its_sale(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        later = NOON + timedelta(days=6)
        await fold(
            sales_updated(cabinet_id, a_sale("R1", sold_at=later)), orders_updated(cabinet_id, an_order(cabinet_id))
        )
        returned = await report_of(reporter_db, cabinet_id)
        assert (returned.order.state, returned.order.bought_at, returned.order.returned_at) == ("returned", None, later)
        await fold(sales_updated(cabinet_id, a_sale()))
        both = await report_of(reporter_db, cabinet_id)
        assert (both.order.state, both.order.bought_at, both.order.returned_at) == ("returned", NOON, later)
        assert (both.money.for_pay, both.money.return_for_pay) == (Decimal(75), Decimal(-75))
        assert "возвращён 26.11 12:00, выкуплен был 20.11 12:00" in both.text

    async def test_a_cancel_after_a_purchase_is_no_cancel(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            sales_updated(cabinet_id, a_sale()),
            orders_updated(cabinet_id, an_order(cabinet_id, revision=2, change="cancelled", is_cancel=True)),
        )
        assert (await report_of(reporter_db, cabinet_id)).order.state == "bought"

    async def test_what_only_the_card_knows(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        sizes = (ProductSize(chrt_id=10, tech_size="M", skus=("1",)), ProductSize(chrt_id=11, skus=("2", "3")))
        await fold(
            products_updated(cabinet_id, title="Худи", vendor_code="HD", brand="Ветер", subject="Худи", sizes=sizes),
            orders_updated(
                cabinet_id,
                an_order(cabinet_id, "feed", chrt_id=10, is_mp=True, destination_city="Казань"),
                an_order(cabinet_id, "two barcodes", chrt_id=11),
                an_order(cabinet_id, "own", chrt_id=10, tech_size="L", barcode="9", supplier_article="x"),
            ),
        )
        feed = await report_of(reporter_db, cabinet_id, "feed")
        assert (feed.order.title, feed.order.tech_size, feed.order.barcode) == ("Худи", "M", "1")
        assert (feed.order.supplier_article, feed.order.brand) == ("HD", "Ветер")
        assert (feed.route.is_own_warehouse, feed.route.city) == (True, "Казань")
        assert (await report_of(reporter_db, cabinet_id, "two barcodes")).order.barcode is None
        own = (await report_of(reporter_db, cabinet_id, "own")).order
        assert (own.tech_size, own.barcode, own.supplier_article) == ("L", "9", "x")

    async def test_the_items_of_one_checkout_are_counted(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        later = NOON + timedelta(minutes=1)
        await fold(
            orders_updated(
                cabinet_id,
                an_order(cabinet_id, "a", g_number="7"),
                an_order(cabinet_id, "b", nm_id=2, ordered_at=later, g_number="7"),
                an_order(cabinet_id, "c", g_number="8"),
            )
        )
        assert (await report_of(reporter_db, cabinet_id)).order.basket_size == 2
        assert (await report_of(reporter_db, cabinet_id, "c")).order.basket_size == 1

    async def test_periods_are_those_of_the_order_s_currency(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: Any
    ) -> None:
        await fold(
            orders_updated(
                cabinet_id,
                an_order(cabinet_id, "a", price="10"),
                an_order(cabinet_id, "b", price="20", days_ago=8),
                an_order(cabinet_id, "c", price="30", days_ago=8),
                an_order(cabinet_id, "d", price="700", currency="KGS"),
            )
        )
        await count_stale()
        week, *longer = (await report_of(reporter_db, cabinet_id)).sales_periods
        assert [each.period_days for each in longer] == [14, 30, 60, 90]
        assert (week.orders, week.orders_sum, week.previous.orders) == (1, Decimal(10), 2)
        assert week.orders_change == Decimal(-50)
        assert (week.currency, week.sales, week.sales_change) == ("RUB", 0, None)

    async def test_a_source_is_as_old_as_its_last_reading_if_no_event_is_newer(
        self, fold: Fold, reporter_db: Database, ingestor_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        later, earlier = NOON - timedelta(hours=1), NOON - timedelta(hours=2)
        async with reporter_db.transaction() as connection:
            await connection.execute(text("DELETE FROM sources"))
            await connection.execute(
                text("""
                    INSERT INTO sources (cabinet_id, resource, as_of, delayed_since, recovered_at) VALUES
                        (:cabinet_id, 'orders', :earlier, NULL, NULL),
                        (:cabinet_id, 'stocks', :later, :earlier, :later),
                        (:cabinet_id, 'funnel', NULL, :later, :earlier)
                """),
                {"cabinet_id": cabinet_id, "earlier": earlier, "later": later},
            )
        for resource, at in {
            "orders": later,
            "stocks": earlier,
            "claims": None,
            "prices": NOON + timedelta(seconds=1),
        }.items():
            await keep(ingestor_db, cabinet_id, resource, last_success_at=at)
        await keep(ingestor_db, uuid4(), "claims", last_success_at=later)
        assert (await report_of(reporter_db, cabinet_id)).freshness == (
            SourceAge(source="claims", as_of=None),
            SourceAge(source="funnel", as_of=None, delayed_since=later),
            SourceAge(source="orders", as_of=later),
            SourceAge(source="prices", as_of=None),
            SourceAge(source="stocks", as_of=later),
        )


async def test_statements_do_not_grow_with_what_there_is(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, count_stale: Any
) -> None:
    async def statements() -> int:
        async with sent(reporter_db) as log:
            await report_of(reporter_db, cabinet_id)
        return len(log)

    await fold(orders_updated(cabinet_id, an_order(cabinet_id, g_number="7")))
    alone = await statements()
    orders = [an_order(cabinet_id, f"{n}", days_ago=n % 60, g_number="7", nm_id=n % 3 + 1) for n in range(400)]
    await fold(
        orders_updated(cabinet_id, *orders), stocks_updated(cabinet_id, *(a_stock(n, chrt_id=n) for n in range(50)))
    )
    await keep_figures(reporter_db, cabinet_id, everything())
    await count_stale()
    assert await statements() == alone
