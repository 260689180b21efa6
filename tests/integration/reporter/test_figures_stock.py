"""Section `stock`: what there is, how long it lasts, what to send, as read from facts."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import (
    SizeUnits,
    Stock,
    Units,
    WarehouseUnits,
)
from reporter import tables
from reporter.figures.forecast import METHOD
from reporter.figures.sections import stock
from servicekit.db import Database
from support.counted_sections import card, counted, written
from support.demand import orders_of, see_stock, sell
from support.facts import put
from support.reporting import NOON, TODAY


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
