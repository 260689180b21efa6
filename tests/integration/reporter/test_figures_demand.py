"""Buyout, velocity, stock, rank and plan as they are read from facts."""

from collections.abc import Sequence
from datetime import date, timedelta
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
    SizeUnits,
    Speed,
    Stock,
    Units,
    Velocity,
    WarehouseUnits,
)
from contracts.orders import order_id
from reporter import tables
from reporter.figures import items
from reporter.figures.forecast import METHOD
from reporter.figures.sections import buyout, plan, rank, stock, velocity
from servicekit.db import Database
from support.demand import a_sale, orders_of, see_stock, sell
from support.facts import put
from support.reporting import NOON, TODAY, an_order
from support.rows import statements

SIZES = [
    {"chrt_id": 12, "tech_size": "M", "wb_size": None, "skus": ["200"]},
    {"chrt_id": 11, "tech_size": "S", "wb_size": None, "skus": ["100", "101"]},
]


async def card(database: Database, cabinet_id: UUID, sizes: Sequence[dict[str, Any]] = SIZES, nm_id: int = 1) -> None:
    await put(database, tables.products, cabinet_id, {"nm_id": nm_id, "sizes": list(sizes)})


async def counted(database: Database, section: Any, cabinet_id: UUID, *nm_ids: int, today: date = TODAY) -> Any:
    async with database.transaction() as connection:
        return await section.count(connection, cabinet_id, nm_ids, today)


async def written(database: Database, section: Any, cabinet_id: UUID, *nm_ids: int) -> Any:
    """Counted, and written where the cabinet's own section reads it."""
    wanted = {section.SECTION: nm_ids}
    async with database.transaction() as connection:
        found = await items.count(connection, cabinet_id, wanted, TODAY)
        await items.write(connection, cabinet_id, wanted, found, TODAY)
    return await counted(database, section, cabinet_id, *nm_ids)


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


def lead_time(**fields: Any) -> dict[str, Any]:
    values = {"nm_id": 1, "valid_from": TODAY, "lead_days": 10, "lead_days_deviation": None, "target_days": None}
    return {**values, "box_units": None, "incoming": [], **fields}


def incoming(units: int, chrt_id: int | None = None, arrives_on: date | None = None) -> dict[str, Any]:
    return {"chrt_id": chrt_id, "units": units, "arrives_on": arrives_on and arrives_on.isoformat()}


class TestStock:
    async def test_what_there_is_how_long_it_lasts_and_what_to_send(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await card(reporter_db, cabinet_id)
        await see_stock(reporter_db, cabinet_id, (60, 40), (1, 20), chrt_id=12, warehouse_name="Коледино")
        await see_stock(reporter_db, cabinet_id, (50, 4), (2, 0), chrt_id=11, warehouse_name="Коледино", warehouse_id=7)
        await put(
            reporter_db,
            tables.stocks,
            cabinet_id,
            {"nm_id": 1, "chrt_id": 12, "warehouse_id": 9, "warehouse_name": "Казань", "quantity": 6,
             "in_way_to_client": 3, "in_way_from_client": 1},
        )  # fmt: skip
        await put(
            reporter_db,
            tables.seller_stocks,
            cabinet_id,
            {"nm_id": 1, "chrt_id": 12, "warehouse_id": 5, "warehouse_name": None, "quantity": 2},
        )
        daily = [order for ago in range(1, 15) for order in orders_of(cabinet_id, ago, 2, chrt_id=12)]
        await sell(reporter_db, cabinet_id, orders=daily, sold=[])
        await put(
            reporter_db,
            tables.lead_times,
            cabinet_id,
            lead_time(nm_id=0, lead_days=99),
            lead_time(valid_from=TODAY - timedelta(9), lead_days=98),
            lead_time(
                lead_days_deviation=D(3),
                box_units=10,
                incoming=[incoming(7, 12), incoming(100, arrives_on=TODAY), incoming(1, 11, TODAY + timedelta(1))],
            ),
            lead_time(valid_from=TODAY + timedelta(1), lead_days=97),
        )
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert found.total == Units(
            wb=26, own=2, to_client=3, from_client=1, incoming=8, orders_per_day=D("2.0000"), days_left=D("14.00"),
            runs_out_on=TODAY + timedelta(14), runs_out_earliest=TODAY + timedelta(14),
            runs_out_latest=TODAY + timedelta(14), reorder_point=30, replenish=30,
        )  # fmt: skip
        medium, small = found.sizes
        assert medium == SizeUnits(
            chrt_id=12, tech_size="M", wb=26, own=2, to_client=3, from_client=1, incoming=7,
            orders_per_day=D("2.0000"), days_left=D("14.00"), runs_out_on=TODAY + timedelta(14),
            runs_out_earliest=TODAY + timedelta(14), runs_out_latest=TODAY + timedelta(14), reorder_point=30,
            replenish=30,
        )  # fmt: skip
        assert small == SizeUnits(
            chrt_id=11, tech_size="S", wb=0, own=0, to_client=0, from_client=0, incoming=1,
            orders_per_day=D("0.0000"), days_left=D("0.00"), runs_out_on=TODAY, runs_out_earliest=TODAY,
            runs_out_latest=TODAY, out_since=TODAY - timedelta(2), reorder_point=0, replenish=0,
        )  # fmt: skip
        assert found.warehouses == (
            WarehouseUnits(name="Коледино", is_own=False, quantity=20),
            WarehouseUnits(name="Казань", is_own=False, quantity=6),
            WarehouseUnits(name="5", is_own=True, quantity=2),
        )
        assert (found.lead_days, found.target_days, found.method, found.as_of) == (10, 30, METHOD, NOON)

    async def test_remains_stand_in_where_stocks_cannot_be_read(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await card(reporter_db, cabinet_id)
        await see_stock(reporter_db, cabinet_id, (5, 40), chrt_id=12)
        remains = [("Коледино", "warehouse", 7), ("В пути до получателей", "to_client", 2)]
        remains += [("В пути возвраты на склад WB", "from_client", 1), ("Всего находится на складах", "total", 7)]
        await put(
            reporter_db,
            tables.stock_remains,
            cabinet_id,
            *(
                {"nm_id": 1, "barcode": barcode, "tech_size": label, "warehouse_name": name, "kind": kind,
                 "quantity": quantity}
                for barcode, label in (("101", ""), ("", "M"))
                for name, kind, quantity in remains
            ),
        )  # fmt: skip
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert (found.total.wb, found.total.own, found.total.to_client, found.total.from_client) == (14, None, 4, 2)
        assert [(each.chrt_id, each.wb, each.to_client) for each in found.sizes] == [(12, 7, 2), (11, 7, 2)]
        assert found.warehouses == (WarehouseUnits(name="Коледино", is_own=False, quantity=14),)

    async def test_unknown_stock_is_not_an_empty_one(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await sell(reporter_db, cabinet_id, orders=orders_of(cabinet_id, 3, 6), sold=[])
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1, 2))[1, ""]
        assert found.total == Units(wb=None, own=None, orders_per_day=D("2.0000"), days_left=None, reorder_point=50)
        assert (found.sizes, found.warehouses, found.as_of) == ((), (), None)
        assert (found.lead_days, found.target_days) == (14, 30)

    async def test_of_what_sells_from_an_own_warehouse_wb_has_none(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        own = {"nm_id": 1, "chrt_id": 12, "warehouse_id": 5, "quantity": 0}
        await card(reporter_db, cabinet_id)
        await put(reporter_db, tables.seller_stocks, cabinet_id, own)
        await sell(reporter_db, cabinet_id, orders=orders_of(cabinet_id, 1, 3, chrt_id=12), sold=[])
        first: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert (first.total.wb, first.total.own, first.total.days_left) == (None, 0, None)  # WB's is yet to be read
        days = [{"day": TODAY - timedelta(9), "most": 4, "quantity": 4}, {"day": TODAY - timedelta(1), "quantity": 0}]
        names = {"nm_id": 1, "source": "own", "chrt_id": 12, "warehouse": "5"}
        await put(reporter_db, tables.stock_days, cabinet_id, *({"most": 0, **names, **day} for day in days))
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        for units in (found.total, found.sizes[0]):
            assert (units.wb, units.own, units.days_left) == (0, 0, D("0.00"))
            assert units.out_since == TODAY - timedelta(1)
        assert (found.sizes[1].wb, found.sizes[1].own) == (0, 0)

    async def test_what_nobody_orders_lasts_for_ever(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await see_stock(reporter_db, cabinet_id, (9, 5))
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert (found.total.endless, found.total.days_left, found.total.replenish) == (True, None, 0)

    async def test_an_item_without_sizes_needs_what_it_does(self, reporter_db: Database, cabinet_id: UUID) -> None:
        row = {"nm_id": 1, "barcode": "9", "warehouse_name": "Коледино", "kind": "warehouse", "quantity": 10}
        await put(reporter_db, tables.stock_remains, cabinet_id, row)
        await sell(reporter_db, cabinet_id, orders=orders_of(cabinet_id, 1, 1), sold=[])
        await put(reporter_db, tables.lead_times, cabinet_id, lead_time(target_days=15, incoming=[incoming(2)]))
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert (found.sizes, found.total.replenish, found.total.incoming) == ((), 15 - 10 - 2, 2)

    async def test_earlier_forecasts_are_compared_with_what_came(self, reporter_db: Database, cabinet_id: UUID) -> None:
        left = [(ago, 2 * ago) for ago in range(40, 0, -1)]
        await see_stock(reporter_db, cabinet_id, *left)
        orders = [order for ago in range(1, 40) for order in orders_of(cabinet_id, ago, 2)]
        await sell(reporter_db, cabinet_id, orders=orders, sold=[])
        found: Stock = (await counted(reporter_db, stock, cabinet_id, 1))[1, ""]
        assert found.past_error_days is None  # each said today, which is not over
        again = await counted(reporter_db, stock, cabinet_id, 1, today=TODAY + timedelta(7))
        assert again[1, ""].past_error_days == D("7.00")

    async def test_items_add_up_to_their_cabinet(self, reporter_db: Database, cabinet_id: UUID) -> None:
        for nm_id in (1, 2):
            await see_stock(
                reporter_db, cabinet_id, (20, 30), (1, 5 * nm_id), nm_id=nm_id, warehouse_name="Коледино",
                in_way_to_client=nm_id,
            )  # fmt: skip
            orders = [o for ago in range(1, 15) for o in orders_of(cabinet_id, ago, 1, f"{nm_id}", nm_id=nm_id)]
            await sell(reporter_db, cabinet_id, orders=orders, sold=[])
        found = await written(reporter_db, stock, cabinet_id, 1, 2)
        whole: Stock = (await counted(reporter_db, stock, cabinet_id, 0))[0, ""]
        assert whole.total == Units(
            wb=15, own=None, to_client=3, from_client=None, orders_per_day=D("2.0000"), days_left=D("7.50"),
            replenish=sum(found[nm_id, ""].total.replenish for nm_id in (1, 2)),
        )  # fmt: skip
        assert whole.warehouses == (WarehouseUnits(name="Коледино", is_own=False, quantity=15),)
        assert (whole.sizes, whole.as_of) == ((), NOON - timedelta(days=1))

    async def test_a_cabinet_without_items_says_nothing(self, reporter_db: Database, cabinet_id: UUID) -> None:
        assert await counted(reporter_db, stock, cabinet_id, 0, 1) == {}


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
