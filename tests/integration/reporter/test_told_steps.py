"""Every live step of an order's life is reported, once, whichever source tells it and in whatever order."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event, Origin
from contracts.items import Buyout, BuyoutPeriod, Section, SizeUnits, Speed, Stock, Units, Velocity
from contracts.orders import OrdersReportedV1, ReportedOrder, SizeLeft, SourceAge, StockLeft
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.db import Database
from sqlalchemy import text
from support.driver_log import sent
from support.fuzzing import EXAMPLES
from support.item_figures import keep_figures
from support.outbox_rows import published
from support.reporting import NOON, TODAY, a_sale, an_order, cabinet_disconnected, orders_updated, sales_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
HOUR = timedelta(hours=1)


async def told(database: Database) -> list[ReportedOrder]:
    events = await published(database, OrdersReportedV1.TYPE)
    assert {event.origin for event in events} <= {Origin.LIVE}
    return [each for event in events for each in event.data.orders]


async def steps(database: Database) -> list[str]:
    return [str(each.step) for each in await told(database)]


def by_feed(cabinet_id: UUID, status: str, *, revision: int = 2, **fields: Any) -> Any:
    return an_order(
        cabinet_id,
        revision=revision,
        change="changed",
        status=status,
        status_at=NOON + HOUR,
        previous={"status": "created"},
        **fields,
    )


class TestLife:
    async def test_from_the_order_to_the_return(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            sales_updated(cabinet_id, a_sale(sold_at=NOON + HOUR)),
            sales_updated(cabinet_id, a_sale("R1", sold_at=NOON + 2 * HOUR)),
        )
        ordered, bought, returned = await told(reporter_db)
        assert [each.step for each in (ordered, bought, returned)] == ["ordered", "bought", "returned"]
        assert [each.step_at for each in (ordered, bought, returned)] == [NOON, NOON + HOUR, NOON + 2 * HOUR]
        assert [each.life and each.life.state for each in (ordered, bought, returned)] == ["open", "bought", "returned"]
        assert bought.order == an_order(cabinet_id, change="changed").model_copy(update={"currency": "RUB"})
        assert bought.sale
        assert (bought.sale.sale_id, bought.sale.for_pay) == ("S1", Decimal(75))
        assert bought.life
        assert (bought.life.bought_at, bought.life.bought_price, bought.life.for_pay) == (
            NOON + HOUR,
            Decimal(100),
            Decimal(75),
        )
        assert returned.life
        assert (returned.life.returned_at, returned.life.return_for_pay) == (NOON + 2 * HOUR, Decimal(-75))

    async def test_a_cancel(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        cancelled: dict[str, Any] = {"is_cancel": True, "cancelled_at": NOON + HOUR}
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            orders_updated(cabinet_id, an_order(cabinet_id, revision=2, change="cancelled", **cancelled)),
        )
        _, last = await told(reporter_db)
        assert (last.step, last.step_at, last.life and last.life.state) == ("cancelled", NOON + HOUR, "cancelled")

    async def test_a_cancel_that_is_taken_back_and_comes_again_is_told_again(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        changes = ["new", "cancelled", "changed", "cancelled"]
        await fold(
            *(
                orders_updated(cabinet_id, an_order(cabinet_id, revision=n + 1, change=change))
                for n, change in enumerate(changes)
            )
        )
        assert await steps(reporter_db) == ["ordered", "cancelled", "changed", "cancelled"]

    async def test_an_order_that_comes_cancelled_is_told_as_one_step(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, is_cancel=True)))
        assert await steps(reporter_db) == ["ordered"]

    async def test_a_cancel_after_a_purchase_is_told_and_the_life_stays_bought(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            sales_updated(cabinet_id, a_sale()),
            orders_updated(cabinet_id, an_order(cabinet_id, revision=2, change="cancelled", is_cancel=True)),
        )
        last = (await told(reporter_db))[-1]
        assert (last.step, last.life and last.life.state) == ("cancelled", "bought")

    async def test_an_amount_that_comes_later(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        came: dict[str, Any] = {"change": "changed", "revision": 2}
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id, price=None)),
            orders_updated(cabinet_id, an_order(cabinet_id, previous={"price_with_disc": None}, **came)),
            sales_updated(cabinet_id, a_sale(for_pay=None)),
            sales_updated(cabinet_id, a_sale(previous={"for_pay": None}, last_change_at=NOON + HOUR, **came)),
        )
        reported = await told(reporter_db)
        assert [each.step for each in reported] == ["ordered", "changed", "priced", "bought", "priced"]
        assert reported[2].order.price_with_disc == Decimal(100)
        assert reported[2].sale is None
        last = reported[-1]
        assert last.sale
        assert (last.step_at, last.sale.for_pay) == (NOON + HOUR, Decimal(75))
        assert last.sale.previous == {"for_pay": None}


class TestOnce:
    async def test_the_order_feed_first_and_sales_after_it(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")),
            sales_updated(cabinet_id, a_sale()),
            orders_updated(cabinet_id, by_feed(cabinet_id, "return", revision=3)),
            sales_updated(cabinet_id, a_sale("R1")),
        )
        assert await steps(reporter_db) == ["ordered", "changed", "bought", "changed", "returned"]

    async def test_sales_first_and_the_order_feed_after_them(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id)),
            sales_updated(cabinet_id, a_sale()),
            orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")),
            sales_updated(cabinet_id, a_sale("R1")),
            orders_updated(cabinet_id, by_feed(cabinet_id, "returnDefective", revision=3)),
        )
        assert await steps(reporter_db) == ["ordered", "bought", "changed", "returned", "changed"]

    async def test_what_completes_an_order_tells_nothing_but_its_end_and_an_amount(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        """The feed knew the order, then statistics shows it; and the other way round, when it was bought meanwhile."""
        joins: dict[str, Any] = {"revision": 2, "change": "changed", "completes": True}
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id, price=None), an_order(cabinet_id, "b")),
            orders_updated(
                cabinet_id,
                an_order(cabinet_id, previous={"price_with_disc": None}, **joins),
                an_order(cabinet_id, "b", status="buyout", previous={"status": None}, **joins),
            ),
        )
        assert await steps(reporter_db) == [*["ordered"] * 2, "priced", "bought"]

    async def test_the_same_rows_in_another_event(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        rows: list[Callable[[], Event[Any]]] = [
            lambda: orders_updated(cabinet_id, an_order(cabinet_id)),
            lambda: sales_updated(cabinet_id, a_sale(for_pay=None)),
            lambda: sales_updated(
                cabinet_id, a_sale(revision=2, change="changed", previous={"for_pay": None}), a_sale("R1")
            ),
        ]
        await fold(*(make() for make in rows for _ in range(2)))
        assert await steps(reporter_db) == ["ordered", "bought", "priced", "returned"]

    async def test_a_sale_of_the_first_load_is_no_news_when_the_order_feed_tells_it(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id), origin=Origin.BACKFILL),
            sales_updated(cabinet_id, a_sale(), origin=Origin.BACKFILL),
            orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")),
        )
        assert await steps(reporter_db) == ["changed"]

    async def test_an_older_revision_that_comes_late_tells_what_the_newer_did_not(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        new, cancelled = an_order(cabinet_id), an_order(cabinet_id, revision=2, change="cancelled", is_cancel=True)
        changed = an_order(cabinet_id, revision=3, change="changed")
        await fold(*(orders_updated(cabinet_id, order) for order in (changed, cancelled, new)))
        assert await steps(reporter_db) == ["changed", "cancelled", "ordered"]

    @pytest.mark.parametrize("origin", [Origin.BACKFILL, Origin.REPLAY])
    async def test_only_live_steps_are_told(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        await fold(
            orders_updated(cabinet_id, an_order(cabinet_id), origin=origin),
            sales_updated(cabinet_id, a_sale(), origin=origin),
            orders_updated(cabinet_id, by_feed(cabinet_id, "return"), origin=origin),
        )
        assert await steps(reporter_db) == []
        assert await all_rows(reporter_db, "told_steps") == []

    async def test_a_disconnected_cabinet_tells_nothing(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)), cabinet_disconnected(cabinet_id))
        await fold(sales_updated(cabinet_id, a_sale()), orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")))
        assert await steps(reporter_db) == ["ordered"]

    async def test_cabinets_stand_apart(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        for cabinet in (cabinet_id, uuid4()):
            await fold(orders_updated(cabinet, an_order(cabinet)), sales_updated(cabinet, a_sale()))
        assert await steps(reporter_db) == ["ordered", "bought"] * 2


class TestWaiting:
    @pytest.mark.parametrize("origin", list(Origin))
    async def test_steps_wait_for_their_order_however_it_comes(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        """The return comes before its sale, and both before the order."""
        came: dict[str, Any] = {"change": "changed", "revision": 2, "previous": {"for_pay": None}}
        came["last_change_at"] = NOON + 3 * HOUR
        await fold(
            sales_updated(cabinet_id, a_sale("R1", sold_at=NOON + 2 * HOUR)),
            sales_updated(cabinet_id, a_sale(sold_at=NOON + HOUR, for_pay=None)),
            sales_updated(cabinet_id, a_sale(sold_at=NOON + HOUR, **came)),
        )
        assert await steps(reporter_db) == []
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "other"), origin=Origin.BACKFILL))
        assert len(await all_rows(reporter_db, "waiting_steps")) == 3
        await fold(orders_updated(cabinet_id, an_order(cabinet_id), origin=origin))
        first = ["ordered"] if origin is Origin.LIVE else []
        reported = await told(reporter_db)
        assert [each.step for each in reported] == [*first, "bought", "returned", "priced"]
        assert reported[-1].step_at == NOON + 3 * HOUR
        assert await all_rows(reporter_db, "waiting_steps") == []

    async def test_what_waits_is_told_once(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(sales_updated(cabinet_id, a_sale()), sales_updated(cabinet_id, a_sale()))
        await fold(*(orders_updated(cabinet_id, an_order(cabinet_id)) for _ in range(2)))
        await fold(orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")))
        assert await steps(reporter_db) == ["ordered", "bought", "changed"]

    async def test_a_sale_that_nobody_ordered_tells_nothing(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(sales_updated(cabinet_id, a_sale(srid=None)))
        assert await all_rows(reporter_db, "waiting_steps") == []
        assert await told(reporter_db) == []

    async def test_known_and_unknown_orders_in_one_event(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await fold(sales_updated(cabinet_id, a_sale(), a_sale("S2", srid="b"), a_sale("R1")))
        assert await steps(reporter_db) == ["ordered", "bought", "returned"]
        assert [row["sale_id"] for row in await all_rows(reporter_db, "waiting_steps")] == ["S2"]


class TestBeside:
    async def test_the_figures_of_the_short_card(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        periods: dict[str, Any] = {"ordered": 4, "bought": 2, "returned": 0, "cancelled": 1, "open": 1}
        shares = {"share": "50", "open_share": "25", "mature_ordered": 3, "mature_bought": 2, "mature_share": "66.67"}
        speeds = [
            Speed(
                period_days=days, orders=Decimal("3.4286"), sales=Decimal(2), days_in_stock=None, orders_in_stock=None
            )
            for days in (7, 14, 30)
        ]
        units: dict[str, Any] = {"wb": 5, "own": 1, "orders_per_day": Decimal(1), "days_left": "13.4", "replenish": 9}
        gone: dict[str, Any] = {"wb": 0, "own": 0, "orders_per_day": None, "days_left": None, "out_since": TODAY}
        stock = Stock(
            total=Units(**units),
            sizes=(SizeUnits(chrt_id=10, tech_size="S", **gone), SizeUnits(chrt_id=11, **units)),
            method="среднее",
            lead_days=14,
            target_days=30,
            as_of=NOON,
        )
        buyout = [BuyoutPeriod.model_validate({**periods, **shares, "period_days": days}) for days in (7, 30)]
        await keep_figures(
            reporter_db,
            cabinet_id,
            {
                (Section.BUYOUT, ""): Buyout(mature_after_days=14, periods=tuple(buyout)),
                (Section.VELOCITY, ""): Velocity(periods=tuple(speeds)),
                (Section.STOCK, ""): stock,
            },
        )
        yesterday = an_order(cabinet_id, "y", ordered_at=NOON - timedelta(days=1, hours=1), price="12345678901234.5678")
        await fold(orders_updated(cabinet_id, yesterday, origin=Origin.BACKFILL))
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        [reported] = await told(reporter_db)
        figures = reported.figures
        assert figures
        assert figures.buyout == buyout[1]
        assert figures.speeds == (speeds[0], speeds[2])
        left = {"wb": 5, "own": 1, "days_left": Decimal("13.4"), "replenish": 9}
        assert figures.stock == StockLeft.model_validate(left)
        assert figures.sizes == (
            SizeLeft(chrt_id=10, tech_size="S", wb=0, own=0, days_left=None, out_since=TODAY),
            SizeLeft.model_validate({**left, "chrt_id": 11}),
        )
        assert figures.stock_at == NOON
        assert figures.money
        assert figures.money.price == Decimal(100)
        assert figures.money.profit is None
        assert "cost" in figures.money_missing
        for both in (figures.product, figures.shop):
            assert (both.today.orders, both.yesterday.orders, both.yesterday_to_minute.orders) == (1, 1, 1)
            assert both.yesterday.orders_sum == Decimal("12345678901234.5678")
        assert [source.source for source in figures.sources] == ["orders"]

    async def test_sources_tell_that_they_are_late(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        async with reporter_db.transaction() as connection:
            await connection.execute(
                text("""
                    INSERT INTO sources (cabinet_id, resource, as_of, delayed_since, recovered_at) VALUES
                        (:cabinet_id, 'stocks', NULL, :noon, NULL), (:cabinet_id, 'prices', :noon, NULL, NULL)
                """),
                {"cabinet_id": cabinet_id, "noon": NOON},
            )
        event = orders_updated(cabinet_id, an_order(cabinet_id))
        await fold(event)
        [reported] = await told(reporter_db)
        assert reported.figures
        assert reported.figures.sources == (
            SourceAge(source="orders", as_of=event.time),
            SourceAge(source="stocks", as_of=None, delayed_since=NOON),
        )

    async def test_more_steps_than_an_event_holds_go_in_two(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        orders = [an_order(cabinet_id, f"{n}", status="buyout", status_at=NOON) for n in range(300)]
        await fold(orders_updated(cabinet_id, *orders))
        events = await published(reporter_db, OrdersReportedV1.TYPE)
        assert [len(event.data.orders) for event in events] == [500, 100]
        assert [each.step for each in (await told(reporter_db))[:4]] == ["ordered", "bought", "ordered", "bought"]

    async def test_statements_do_not_grow(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        async def statements(event: Event[Any]) -> int:
            async with sent(reporter_db) as log:
                await fold(event)
            return len(log)

        def some(count: int, prefix: str) -> list[Any]:
            return [an_order(cabinet_id, f"{prefix}{n}", nm_id=n + 1) for n in range(count)]

        def sales(count: int, prefix: str) -> Event[Any]:
            return sales_updated(cabinet_id, *(a_sale(f"S{prefix}{n}", srid=f"{prefix}{n}") for n in range(count)))

        # A new connection asks for types first.
        await fold(orders_updated(cabinet_id, *some(1, "w")), sales(1, "w"), sales(1, "x"))
        few, many = orders_updated(cabinet_id, *some(1, "a")), orders_updated(cabinet_id, *some(400, "b"))
        assert await statements(few) == await statements(many)
        assert await statements(sales(1, "a")) == await statements(sales(400, "b"))
        assert await statements(sales(1, "c")) == await statements(sales(400, "d"))  # of unknown orders
        late = orders_updated(cabinet_id, *some(400, "d"), origin=Origin.BACKFILL)
        assert await statements(orders_updated(cabinet_id, *some(1, "c"), origin=Origin.BACKFILL)) == await statements(
            late
        )


_EMPTY = text("TRUNCATE order_facts, sales, told_steps, waiting_steps, outbox, inbox")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_however_a_life_is_told_each_step_is_reported_once(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, data: st.DataObject
) -> None:
    """By both sources, in any order, with repeats in events of their own."""
    async with reporter_db.transaction() as connection:
        await connection.execute(_EMPTY)
    cancelled = an_order(cabinet_id, revision=3, change="cancelled", is_cancel=True, status="cancel")
    told_rows: list[Callable[[], Event[Any]]] = [
        lambda: orders_updated(cabinet_id, an_order(cabinet_id)),
        lambda: orders_updated(cabinet_id, by_feed(cabinet_id, "buyout")),
        lambda: orders_updated(cabinet_id, cancelled),
        lambda: orders_updated(cabinet_id, by_feed(cabinet_id, "return", revision=4)),
        lambda: sales_updated(cabinet_id, a_sale(for_pay=None)),
        lambda: sales_updated(cabinet_id, a_sale(revision=2, change="changed", previous={"for_pay": None})),
        lambda: sales_updated(cabinet_id, a_sale("R1")),
    ]
    places = data.draw(
        st.lists(st.integers(0, len(told_rows) - 1), max_size=8).map(lambda more: [*range(len(told_rows)), *more])
    )
    for place in data.draw(st.permutations(places)):
        await fold(told_rows[place]())
    found = [step for step in await steps(reporter_db) if step != "changed"]
    assert sorted(found) == ["bought", "cancelled", "ordered", "priced", "returned"]
    assert await all_rows(reporter_db, "waiting_steps") == []
