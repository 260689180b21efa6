"""The report of one order, read from what is stored."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.items import (
    AdvertPeriod,
    Adverts,
    Buyout,
    BuyoutPeriod,
    Rank,
    Regions,
    Reviews,
    Section,
    SizeUnits,
    Speed,
    Stock,
    Units,
    Velocity,
    WarehouseUnits,
)
from contracts.model import Model
from contracts.order_report import OrderReport, PeriodSpeed, ReportedProduct
from contracts.orders import SourceAge, order_id
from contracts.products import ProductSize
from reporter.internal import report_route, report_tags
from reporter.reports.order_report import order_report
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from servicekit.telemetry import configure_telemetry
from sqlalchemy import text
from starlette.applications import Starlette
from support.driver_log import sent
from support.item_figures import keep_figures
from support.reporting import (
    NOON,
    a_sale,
    a_stock,
    an_order,
    cabinet_disconnected,
    orders_updated,
    products_updated,
    sales_updated,
    stocks_updated,
)
from support.sync_states import keep

Fold = Callable[..., Awaitable[set[str]]]
pytestmark = pytest.mark.usefixtures("ingestor_db")

PERIOD = {"period_days": 30, "ordered": 87, "bought": 50, "returned": 3, "cancelled": 16, "open": 18}
ADVERTS = {"views": 100, "clicks": 10, "spent": "50", "orders": 2, "orders_sum": "300", "ctr": "10", "cpc": "5"}


async def report_of(database: Database, cabinet_id: UUID, srid: str = "a") -> OrderReport:
    async with database.transaction() as connection:
        report = await order_report(connection, cabinet_id, order_id(cabinet_id, srid), NOON)
    assert report
    return report


def everything() -> dict[tuple[Section, str], Model]:
    speed = Speed(period_days=7, orders=Decimal(3), sales=Decimal(2), days_in_stock=6, orders_in_stock=Decimal("3.5"))
    units: dict[str, Any] = {"wb": 5, "own": 1, "orders_per_day": Decimal(1), "days_left": Decimal(6), "replenish": 9}
    size = SizeUnits(chrt_id=10, tech_size="M", **units)
    stock = Stock(
        total=Units(**units, to_client=2),
        sizes=(size,),
        warehouses=(WarehouseUnits(name="Тула", is_own=False, quantity=5),),
        method="среднее",
        lead_days=14,
        target_days=30,
        as_of=NOON,
    )
    week = AdvertPeriod.model_validate({**ADVERTS, "period_days": 7, "drr": "1", "drr_adverts": "1", "cpo": "1"})
    month = AdvertPeriod.model_validate({**ADVERTS, "period_days": 30, "drr": "2", "drr_adverts": "1", "cpo": "25"})
    buyout = BuyoutPeriod.model_validate(
        {
            **PERIOD,
            "share": "57.47",
            "open_share": "20.69",
            "mature_ordered": 69,
            "mature_bought": 50,
            "mature_share": "72.46",
        }
    )
    return {
        (Section.BUYOUT, ""): Buyout(mature_after_days=14, periods=(buyout,)),
        (Section.VELOCITY, ""): Velocity(periods=(speed,)),
        (Section.STOCK, ""): stock,
        (Section.REGIONS, "RUB"): Regions(regions=(), local_share=Decimal("63.1")),
        (Section.REVIEWS, ""): Reviews(
            rating=Decimal("4.6"),
            count=15,
            stars=(1, 2, 3, 4, 5),
            rating_week_ago=Decimal("4.7"),
            bad_week=0,
            count_week=1,
            unanswered=2,
            unanswered_questions=0,
        ),
        (Section.RANK, "RUB"): Rank(abc_revenue="A", abc_profit="B", revenue_share=Decimal(11), xyz="Y", weeks=5),
        (Section.ADVERTS, "KGS"): Adverts(periods=(week,), campaigns=3),
        (Section.ADVERTS, "RUB"): Adverts(periods=(week, month), campaigns=1),
    }


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


HOSTILE = (
    "0",
    "-1",
    "%00",
    "%FF%FE",
    "..%2F..%2Fetc",
    "%7Bcabinet_id%7D",
    "'%20OR%201=1--",
    "00000000-0000-0000-0000-00000000000g",
    "00000000000000000000000000000000" * 300,
    "%F0%9F%A7%BE",
)
"""What is no id."""


class TestAsked:
    @pytest.fixture
    async def client(self, reporter_db: Database, cache: Cache) -> AsyncIterator[httpx.AsyncClient]:
        configure_telemetry("reporter", None)
        app = Starlette(routes=[report_route(reporter_db, cache, lambda: NOON)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporter") as client:
            yield client

    @staticmethod
    def path(cabinet_id: UUID, srid: str = "a") -> str:
        return f"/internal/cabinets/{cabinet_id}/orders/{order_id(cabinet_id, srid)}/report"

    async def test_the_report_in_the_trace_of_who_asks(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = await client.get(self.path(cabinet_id), headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        assert answer.headers["content-type"] == "application/json"
        assert OrderReport.model_validate_json(answer.content).trace_id == trace

    async def test_what_is_not_there_is_not_found(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        assert (await client.get(self.path(cabinet_id, "b"))).status_code == 404
        other = self.path(cabinet_id).replace(str(cabinet_id), str(uuid4()))
        assert (await client.get(other)).status_code == 404
        assert (await client.get("/internal/cabinets/1/orders/2/report")).status_code == 404

    @pytest.mark.parametrize("cabinet", HOSTILE)
    async def test_whatever_is_asked_is_answered_without_a_question_to_the_database(
        self, reporter_db: Database, client: httpx.AsyncClient, cabinet: str
    ) -> None:
        paths = (
            f"/internal/cabinets/{cabinet}/orders/{uuid4()}/report",
            f"/internal/cabinets/{uuid4()}/orders/{cabinet}/report?{'a=b&' * 1000}",
            f"/internal/{cabinet}",
            f"/{cabinet}",
        )
        async with sent(reporter_db) as log:
            for method, path in itertools.product(("GET", "POST", "DELETE", "HEAD"), paths):
                answer = await client.request(method, path, content=b"x" * 100_000)
                assert (answer.status_code, len(answer.content) < 100) == (404, True)
        assert log == []

    @pytest.mark.parametrize("trace", ["", "00", "\xff", "00-" + "f" * 10_000, "00-0-0-0", "ff-" + "0" * 32 + "-1-01"])
    async def test_an_odd_trace_is_none(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, trace: str
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        headers = {b"traceparent": trace.encode("latin-1")}
        assert (await client.get(self.path(cabinet_id), headers=headers)).status_code == 200

    async def test_nothing_is_changed_by_who_may_only_ask(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await client.request(method, self.path(cabinet_id))).status_code == 405

    async def test_without_redis_it_is_answered(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        nobody_there = connect_redis("redis://127.0.0.1:1/0")
        app = Starlette(routes=[report_route(reporter_db, Cache(nobody_there), lambda: NOON)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporter") as client:
            for price in (100, 90):
                report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
                assert report.money.estimate.price == price
                await fold(orders_updated(cabinet_id, an_order(cabinet_id, price="90", revision=2, change="changed")))
        await nobody_there.aclose()

    async def test_it_is_cached_until_something_in_it_changes(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        first = (await client.get(self.path(cabinet_id))).content
        await keep_figures(reporter_db, cabinet_id, everything())
        assert (await client.get(self.path(cabinet_id))).content == first
        for tag in report_tags(cabinet_id, order_id(cabinet_id, "a"), 1):
            await cache.invalidate([tag])
            async with sent(reporter_db) as log:
                await client.get(self.path(cabinet_id))
            assert len(log) > 1, tag
        assert json.loads((await client.get(self.path(cabinet_id))).content)["buyout_periods"]

    async def test_an_order_of_the_cabinet_makes_it_stale(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await client.get(self.path(cabinet_id))
        await cache.invalidate(sorted(await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b", nm_id=2)))))
        report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
        assert report.today_vs_yesterday.shop.today.orders == 2

    async def test_a_sale_of_the_order_makes_it_stale(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await client.get(self.path(cabinet_id))
        await cache.invalidate(sorted(await fold(sales_updated(cabinet_id, a_sale()))))
        report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
        assert report.order.state == "bought"

    async def test_a_disconnected_cabinet_has_none_from_its_cache_either(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        assert (await client.get(self.path(cabinet_id))).status_code == 200
        await fold(cabinet_disconnected(cabinet_id))
        assert (await client.get(self.path(cabinet_id))).status_code == 404
