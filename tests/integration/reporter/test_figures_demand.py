"""Buyout, velocity, rank and plan as they are read from facts."""

from datetime import timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.items import (
    Buyout,
    BuyoutPeriod,
    Plan,
    Rank,
    SizeSpeed,
    Speed,
    Velocity,
)
from contracts.orders import order_id
from reporter import tables
from reporter.figures.sections import buyout, plan, rank, stock, velocity
from servicekit.db import Database
from support.counted_sections import card, counted, written
from support.demand import a_sale, orders_of, see_stock, sell
from support.facts import put
from support.reporting import TODAY, an_order
from support.rows import statements


class TestBuyout:
    async def test_every_order_became_one_thing(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await sell(
            reporter_db,
            cabinet_id,
            orders=[
                *(an_order(cabinet_id, srid, days_ago=20) for srid in ("bought", "returned", "late")),
                an_order(cabinet_id, "cancelled", days_ago=20, is_cancel=True),
                an_order(cabinet_id, "fresh", days_ago=1, currency="KGS"),
                an_order(cabinet_id, "too old", days_ago=90),
            ],
            sold=[
                a_sale(cabinet_id, "bought", days_ago=15),
                a_sale(cabinet_id, "returned", days_ago=16),
                a_sale(cabinet_id, "returned", days_ago=3, is_return=True),
                a_sale(cabinet_id, "of no order", days_ago=2),
            ],
        )
        found = await counted(reporter_db, buyout, cabinet_id, 1)
        assert list(found) == [(1, "")]
        assert found[1, ""].mature_after_days == 14
        assert found[1, ""].periods[2] == BuyoutPeriod(
            period_days=30, ordered=5, bought=1, returned=1, cancelled=1, open=2, share=D("20.00"),
            open_share=D("40.00"), mature_ordered=4, mature_bought=1, mature_share=D("25.00"),
        )  # fmt: skip
        assert found[1, ""].periods[4].ordered == 5

    async def test_an_item_is_mature_by_its_own_days_and_a_cabinet_by_those_of_its_items(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        srids = [str(n) for n in range(20)]
        await sell(
            reporter_db,
            cabinet_id,
            orders=[
                *(an_order(cabinet_id, srid, days_ago=60) for srid in srids),
                an_order(cabinet_id, "of a fast item", days_ago=5),
                an_order(cabinet_id, "of another", days_ago=5, nm_id=2),
            ],
            sold=[a_sale(cabinet_id, srid, days_ago=57) for srid in srids],
        )
        found = await written(reporter_db, buyout, cabinet_id, 1, 2)
        assert [found[nm_id, ""].mature_after_days for nm_id in (1, 2)] == [3, 14]
        assert [found[nm_id, ""].periods[0].mature_ordered for nm_id in (1, 2)] == [1, 0]
        whole: Buyout = (await counted(reporter_db, buyout, cabinet_id, 0))[0, ""]
        assert (whole.mature_after_days, whole.periods[0].ordered, whole.periods[0].mature_ordered) == (None, 2, 1)
        assert (whole.periods[4].bought, whole.periods[4].share) == (20, D("90.91"))

    async def test_only_the_newest_purchases_tell_how_long_an_order_is_on_its_way(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        slow, fast = [f"slow {n}" for n in range(30)], [f"fast {n}" for n in range(100)]
        await sell(
            reporter_db,
            cabinet_id,
            orders=[
                *(an_order(cabinet_id, srid, days_ago=80) for srid in slow),
                *(an_order(cabinet_id, srid, days_ago=30) for srid in fast),
            ],
            sold=[
                *(a_sale(cabinet_id, srid, days_ago=40) for srid in slow),
                *(a_sale(cabinet_id, srid, days_ago=28) for srid in fast),
            ],
        )
        assert (await counted(reporter_db, buyout, cabinet_id, 1))[1, ""].mature_after_days == 2

    async def test_nothing_ordered_is_nothing_to_say(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await sell(reporter_db, cabinet_id, orders=[], sold=[a_sale(cabinet_id, "of no order")])
        assert await counted(reporter_db, buyout, cabinet_id, 0, 1, 2) == {}


class TestVelocity:
    async def test_it_is_counted_of_items_and_of_their_sizes_however_they_are_named(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await card(reporter_db, cabinet_id)
        await see_stock(reporter_db, cabinet_id, (40, 9), (9, 0), (4, 5), chrt_id=12)
        await see_stock(reporter_db, cabinet_id, (6, 3), (5, 0), chrt_id=11, warehouse_id=7)
        await sell(
            reporter_db,
            cabinet_id,
            orders=[
                *orders_of(cabinet_id, 0, 2, chrt_id=12),
                *orders_of(cabinet_id, 3, 3, barcode="200"),
                *orders_of(cabinet_id, 13, 1, tech_size="S", barcode="unknown"),
                *orders_of(cabinet_id, 2, 1, name="of no size"),
                *orders_of(cabinet_id, 31, 4, chrt_id=12),
            ],
            sold=[
                a_sale(cabinet_id, "1", days_ago=5, barcode="101"),
                a_sale(cabinet_id, "2", days_ago=6, is_return=True),
            ],
        )
        found: Velocity = (await counted(reporter_db, velocity, cabinet_id, 1))[1, ""]
        assert found.periods[0] == Speed(
            period_days=7, orders=D("0.8571"), sales=D("0.1429"), days_in_stock=7,
            orders_in_stock=D("0.8571"), sales_in_stock=D("0.1429"),
        )  # fmt: skip
        assert found.periods[1].days_in_stock == 12
        assert found.periods[3].model_dump(include={"orders", "days_in_stock", "orders_in_stock"}) == {
            "orders": D("0.1833"), "days_in_stock": 39, "orders_in_stock": D("0.2821"),
        }  # fmt: skip
        assert [(each.chrt_id, each.period_days) for each in found.sizes] == [(12, 14), (12, 30), (11, 14), (11, 30)]
        assert found.sizes[0] == SizeSpeed(
            chrt_id=12, period_days=14, orders=D("0.3571"), sales=D("0.0000"), days_in_stock=10,
            orders_in_stock=D("0.5000"), sales_in_stock=D("0.0000"),
        )  # fmt: skip
        assert found.sizes[2] == SizeSpeed(
            chrt_id=11, period_days=14, orders=D("0.0714"), sales=D("0.0714"), days_in_stock=3,
            orders_in_stock=D("0.3333"), sales_in_stock=D("0.3333"),
        )  # fmt: skip

    async def test_orders_in_all_currencies_are_pieces(self, reporter_db: Database, cabinet_id: UUID) -> None:
        orders = [*orders_of(cabinet_id, 0, 2), *orders_of(cabinet_id, 0, 5, name="abroad", currency="KGS")]
        await sell(reporter_db, cabinet_id, orders=orders, sold=[])
        found = await counted(reporter_db, velocity, cabinet_id, 0, 1)
        assert [found[nm_id, ""].periods[0].orders for nm_id in (0, 1)] == [D("1.0000")] * 2
        assert (found[0, ""].periods[0].days_in_stock, found[0, ""].sizes) == (None, ())

    async def test_an_item_only_seen_in_stock_stands_still(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await see_stock(reporter_db, cabinet_id, (3, 5))
        found = await counted(reporter_db, velocity, cabinet_id, 1, 2)
        assert list(found) == [(1, "")]
        assert (found[1, ""].periods[0].days_in_stock, found[1, ""].periods[0].orders_in_stock) == (4, D("0.0000"))

    async def test_the_day_turns_without_any_event(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await see_stock(reporter_db, cabinet_id, (3, 5))
        found = await counted(reporter_db, velocity, cabinet_id, 1, today=TODAY + timedelta(10))
        assert [each.days_in_stock for each in found[1, ""].periods] == [7, 14, 14, 14, 14]


def figures(section: str, nm_id: int, body: dict[str, Any], currency: str = "") -> dict[str, Any]:
    return {"nm_id": nm_id, "section": section, "currency": currency, "as_of": TODAY, "body": body}


class TestRank:
    async def test_items_are_ranked_within_their_currency(self, reporter_db: Database, cabinet_id: UUID) -> None:
        sold = [
            (1, "RUB", 10, 0, "9000", "0"), (2, "RUB", 3, 1, "1500", "500"), (3, "RUB", 0, 0, "0", "0"),
            (1, "KGS", 1, 0, "70", "0"), (0, "RUB", 13, 1, "10500", "500"),
        ]  # fmt: skip
        await put(
            reporter_db,
            tables.analytics_cache,
            cabinet_id,
            *(
                {"nm_id": nm_id, "period_days": days, "currency": currency, "sales": sales, "returns": returns,
                 "sales_sum": D(total), "returns_sum": D(back)}
                for nm_id, currency, sales, returns, total, back in sold
                for days in (7, 30)
            ),
        )  # fmt: skip
        await put(
            reporter_db,
            tables.item_figures,
            cabinet_id,
            figures("money", 1, {"estimate": {"profit": "10"}, "fact": {"profit": "-1"}}, "RUB"),
            figures("money", 2, {"estimate": {"profit": "50"}, "fact": None}, "RUB"),
            figures("money", 3, {"estimate": {"profit": None}, "fact": None}, "RUB"),
            figures("velocity", 1, {"weeks": 12, "weekly_variation": "11.50"}),
        )
        found = await counted(reporter_db, rank, cabinet_id, 0)
        assert found == {
            (1, "KGS"): Rank(
                abc_revenue="A", revenue_share=D("100.00"), xyz="Y", weekly_variation=D("11.50"), weeks=12
            ),
            (1, "RUB"): Rank(
                abc_revenue="A",
                abc_profit="C",
                revenue_share=D("90.00"),
                xyz="Y",
                weekly_variation=D("11.50"),
                weeks=12,
            ),
            (2, "RUB"): Rank(abc_revenue="B", abc_profit="A", revenue_share=D("10.00")),
            (3, "RUB"): Rank(abc_revenue="C", revenue_share=D("0.00")),
        }

    async def test_it_is_counted_with_the_cabinet_only(self, reporter_db: Database, cabinet_id: UUID) -> None:
        assert await counted(reporter_db, rank, cabinet_id, 1, 2) == {}


class TestPlan:
    async def test_a_month_is_measured_against_its_plan_in_its_currency(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        month = TODAY.replace(day=1)
        plans = [
            (1, month, 100, False),
            (0, month, None, False),
            (2, month, 5, True),
            (1, month - timedelta(1), 7, False),
        ]
        await put(
            reporter_db,
            tables.plans,
            cabinet_id,
            *(
                {"nm_id": nm_id, "month": of, "orders": pieces, "orders_sum": D(6000), "currency": "RUB", "gone": gone}
                for nm_id, of, pieces, gone in plans
            ),
        )
        orders = [order for ago in range(0, 30) for order in orders_of(cabinet_id, ago, 1)]
        await sell(reporter_db, cabinet_id, orders=[*orders, an_order(cabinet_id, "abroad", currency="KGS")], sold=[])
        found = await counted(reporter_db, plan, cabinet_id, 0, 1, 2, 3)
        assert list(found) == [(1, "RUB"), (0, "RUB")] or list(found) == [(0, "RUB"), (1, "RUB")]
        assert found[1, "RUB"] == Plan(
            month=month, plan_orders=100, plan_sum=D(6000), orders=20, orders_sum=D(2000), expected_share=D("63.33"),
            done_orders=D("20.00"), done_sum=D("33.33"), on_course_sum=D("50.00"),
        )  # fmt: skip
        assert (found[0, "RUB"].orders, found[0, "RUB"].done_orders) == (20, None)

    async def test_a_plan_without_an_order_is_at_nothing(self, reporter_db: Database, cabinet_id: UUID) -> None:
        row = {"nm_id": 1, "month": TODAY.replace(day=1), "orders": 3, "orders_sum": None, "currency": "RUB"}
        await put(reporter_db, tables.plans, cabinet_id, row)
        found = (await counted(reporter_db, plan, cabinet_id, 1))[1, "RUB"]
        assert (found.orders, found.done_orders, found.plan_sum, found.on_course_sum) == (0, D("0.00"), None, None)


@pytest.mark.parametrize(("section", "expected"), [(buyout, 3), (velocity, 4), (stock, 8), (rank, 1), (plan, 2)])
async def test_statements_do_not_grow_with_items(reporter_db: Database, section: Any, expected: int) -> None:
    for nm_ids in ([0, 1], range(60)):
        cabinet_id = uuid4()
        await sell(
            reporter_db,
            cabinet_id,
            orders=[an_order(cabinet_id, f"{nm_id}", nm_id=nm_id) for nm_id in nm_ids if nm_id],
            sold=[a_sale(cabinet_id, f"{nm_id}", nm_id=nm_id) for nm_id in nm_ids if nm_id],
        )
        with statements(reporter_db) as sent:
            await counted(reporter_db, section, cabinet_id, *nm_ids)
        assert len(sent) == expected


def test_an_order_has_one_id_for_its_sales_too(cabinet_id: UUID) -> None:
    assert a_sale(cabinet_id, "a")["order_id"] == order_id(cabinet_id, "a") == an_order(cabinet_id, "a").order_id
