"""FBS tasks, warehouses, offices, sellers' stocks and the report of remains: from WB's answers to tables and outbox."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from ingestor.resources import stocks
from ingestor.wb.times import moment
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim
from wbsim.shop import Shop

if TYPE_CHECKING:
    pass


@pytest.fixture
def page_rows() -> int:
    return 4


async def a_shop(ingestor: Ingestor, wb: Wbsim, *, tasks: int = 0, **token: Any) -> Shop:
    """A connected cabinet of a shop with so many FBS tasks of two months."""
    await wb.settings(fbs_share=1.0)
    sid = await wb.seller(name="fulfilment", products=5, history_orders=tasks, history_days=60)
    await connect_cabinet(ingestor, wb, sid=sid, **token)
    return wb.world.shops[sid]


async def sweep(ingestor: Ingestor, resource: str) -> None:
    """Sync as if an hour had gone by."""
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
    await ingestor.sync(resource)


async def told(ingestor: Ingestor, kind: str, since: int = 0) -> list[tuple[Any, str]]:
    """The rows of the events from the `since`-th on, each with its event's origin."""
    events = (await published(ingestor.database, kind))[since:]
    name = kind.removesuffix(".updated.v1").replace("seller_", "").replace("stock_remains", "stocks")
    return [(row, event.origin) for event in events for row in getattr(event.data, name)]


async def stored(ingestor: Ingestor, table: str, *key: str) -> dict[Any, dict[str, Any]]:
    """A table by its key."""
    found = await rows(ingestor.database, f"SELECT * FROM {table}")
    return {tuple(row[name] for name in key) if len(key) > 1 else row[key[0]]: row for row in found}


def money(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100


async def assert_tasks_are_the_truth(ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
    truth = {row["id"]: row for row in await wb.rows("fbs_orders", shop.sid)}
    tasks = await stored(ingestor, "fbs_orders", "fbs_order_id")
    assert tasks.keys() == truth.keys()
    for task_id, wb_row in truth.items():
        row = tasks[task_id]
        assert (row["srid"], row["order_uid"], row["nm_id"], row["chrt_id"], row["article"]) == (
            wb_row["rid"],
            wb_row["orderUid"],
            wb_row["nmId"],
            wb_row["chrtId"],
            wb_row["article"],
        )
        assert (row["skus"], row["offices"]) == (wb_row["skus"], wb_row["offices"])
        assert (row["warehouse_id"], row["office_id"]) == (wb_row["warehouseId"], wb_row["officeId"])
        assert row["created_at"] == moment(wb_row["createdAt"])
        assert (row["price"], row["scan_price"]) == (money(wb_row["price"]), money(wb_row["scanPrice"]))
        assert row["supply_id"] == wb_row.get("supplyId")
        assert (row["is_b2b"], row["is_zero_order"]) == (wb_row["options"]["isB2B"], wb_row["isZeroOrder"])


async def assert_statuses_are_the_truth(ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
    truth = {
        row["id"]: (row["supplierStatus"], row["wbStatus"], row["isCancellable"], row["isTransferable"])
        for row in await wb.rows("fbs_statuses", shop.sid)
    }
    tasks = await stored(ingestor, "fbs_orders", "fbs_order_id")
    assert {
        task_id: (row["supplier_status"], row["wb_status"], row["is_cancellable"], row["is_transferable"])
        for task_id, row in tasks.items()
    } == truth


class TestFbs:
    @pytest.mark.parametrize("end", ["zero", "repeated"])
    async def test_the_first_load_has_every_task_of_many_windows_and_pages(
        self, paging: Ingestor, wb: Wbsim, end: str
    ) -> None:
        await wb.settings(fbs_end=end)
        shop = await a_shop(paging, wb, tasks=30)
        await paging.sync("fbs_orders")
        await assert_tasks_are_the_truth(paging, wb, shop)
        changes = await told(paging, "fbs_orders.updated.v1")
        assert sorted(row.fbs_order_id for row, _ in changes) == sorted(shop.fbs.tasks)
        assert {(row.change, origin) for row, origin in changes} == {("new", "backfill")}
        personal = {task.address["fullAddress"] for task in shop.fbs.tasks.values()}
        assert not any(address in str(changes) for address in personal)

    async def test_an_interrupted_load_goes_on_from_its_page(
        self, paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
        shop = await a_shop(paging, wb, tasks=12)
        completed = "SELECT 1 FROM sync_logs WHERE outcome = 'completed'"
        runs = 0
        while not await rows(paging.database, completed):
            await paging.sync("fbs_orders")
            runs += 1
        assert runs > 4
        await assert_tasks_are_the_truth(paging, wb, shop)
        assert len(await told(paging, "fbs_orders.updated.v1")) == 12

    async def test_a_new_task_is_told_at_once_and_once(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, tasks=3)
        for resource in ("fbs_orders", "fbs_new_orders", "fbs_statuses"):
            await ingestor.sync(resource)
        before = len(await published(ingestor.database, "fbs_orders.updated.v1"))
        await wb.step(section="fbs_orders", sid=shop.sid, count=2)
        await ingestor.sync("fbs_new_orders")
        changes = await told(ingestor, "fbs_orders.updated.v1", before)
        assert [(row.change, row.revision, origin) for row, origin in changes] == [("new", 1, "live")] * 2
        task = list(shop.fbs.tasks.values())[-1]
        [row] = [row for row, _ in changes if row.fbs_order_id == task.id]
        assert (row.sale_price, row.final_price, row.price) == (money(task.sale_price), money(task.price), row.price)
        assert row.required_meta is not None
        assert row.supplier_status is None
        await ingestor.sync("fbs_orders")
        assert len(await told(ingestor, "fbs_orders.updated.v1", before)) == 2, "the list has nothing to add"
        await ingestor.sync("fbs_statuses")
        joined = (await told(ingestor, "fbs_orders.updated.v1", before))[2:]
        assert {(row.change, row.supplier_status, row.wb_status, origin) for row, origin in joined} == {
            ("changed", "new", "waiting", "backfill")
        }
        assert all(row.sale_price is not None for row, _ in joined), "an event tells what every source knows"
        await assert_tasks_are_the_truth(ingestor, wb, shop)
        await assert_statuses_are_the_truth(ingestor, wb, shop)

    async def test_statuses_are_asked_page_by_page_until_they_are_final(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, tasks=11)
        await paging.sync("fbs_orders")
        await paging.sync("fbs_statuses")
        await assert_statuses_are_the_truth(paging, wb, shop)
        open_tasks = sum(task.end is None for task in shop.fbs.tasks.values())
        before = len(await wb.requests())
        await paging.sync("fbs_statuses")
        asked = [request for request in (await wb.requests())[before:] if request["path"] == "/api/v3/orders/status"]
        assert len(asked) == -(-open_tasks // 4), "final ones are not asked about again"

    async def test_what_happens_to_a_task_is_news(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await wb.step(section="fbs_orders", sid=shop.sid, count=4)
        for resource in ("fbs_new_orders", "fbs_statuses", "fbs_orders"):
            await ingestor.sync(resource)
        for _ in range(4):
            before = len(await published(ingestor.database, "fbs_orders.updated.v1"))
            earlier = await stored(ingestor, "fbs_orders", "fbs_order_id")
            await wb.step(section="fbs_statuses", sid=shop.sid, count=3)
            await ingestor.sync("fbs_statuses")
            await assert_statuses_are_the_truth(ingestor, wb, shop)
            for row, origin in await told(ingestor, "fbs_orders.updated.v1", before):
                assert (row.change, origin) == ("changed", "live")
                was = earlier[row.fbs_order_id]
                now = (row.supplier_status, row.wb_status, row.is_cancellable, row.is_transferable)
                names = ("supplier_status", "wb_status", "is_cancellable", "is_transferable")
                changed = {name: was[name] for name, value in zip(names, now, strict=True) if was[name] != value}
                assert row.previous == changed
            await sweep(ingestor, "fbs_orders")
            await assert_tasks_are_the_truth(ingestor, wb, shop)

    async def test_a_broken_task_is_kept_apart_and_read_by_the_sweep(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, tasks=0)
        await wb.step(section="fbs_orders", sid=shop.sid, count=5)
        await wb.fault("/api/v3/orders", "broken_row", times=1)
        await ingestor.sync("fbs_orders")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        await sweep(ingestor, "fbs_orders")
        await assert_tasks_are_the_truth(ingestor, wb, shop)

    async def test_an_idle_shop_costs_one_call_a_run(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb, tasks=2)
        for resource in ("fbs_orders", "fbs_new_orders"):
            await ingestor.sync(resource)
            async with ingestor.database.transaction() as connection:
                await connection.execute(text("UPDATE sync_state SET sweep_at = now() + interval '1 hour'"))
            await ingestor.sync(resource)
            [line] = await rows(
                ingestor.database,
                "SELECT requests FROM sync_logs WHERE resource = :name AND trigger = 'schedule'",
                name=resource,
            )
            assert line["requests"] == 1


class TestWarehouses:
    async def test_warehouses_and_offices_are_the_truth_and_their_changes_are_told(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(ingestor, wb)
        for _ in range(4):
            await ingestor.sync("warehouses")
            await ingestor.sync("offices")
            assert {
                key: (row["name"], row["office_id"], row["cargo_type"], row["delivery_type"], row["is_processing"])
                for key, row in (await stored(ingestor, "warehouses", "warehouse_id")).items()
            } == {
                row["id"]: (row["name"], row["officeId"], row["cargoType"], row["deliveryType"], row["isProcessing"])
                for row in await wb.rows("warehouses", shop.sid)
            }
            assert {
                key: (row["name"], row["city"], row["address"], row["federal_district"], row["selected"])
                for key, row in (await stored(ingestor, "offices", "office_id")).items()
            } == {
                row["id"]: (row["name"], row["city"], row["address"], row["federalDistrict"], row["selected"])
                for row in await wb.rows("offices", shop.sid)
            }
            await wb.step(section="warehouses", sid=shop.sid, count=3)
        changes = await told(ingestor, "warehouses.updated.v1")
        assert {(row.change, origin) for row, origin in changes} >= {("new", "backfill"), ("changed", "live")}
        assert len(await told(ingestor, "offices.updated.v1")) >= 7

    async def test_one_that_wb_lists_no_more_is_gone_and_may_come_back(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("warehouses")
        warehouse_id, warehouse = shop.warehouses.of.popitem()
        before = len(await published(ingestor.database, "warehouses.updated.v1"))
        await ingestor.sync("warehouses")
        await ingestor.sync("warehouses")
        [(gone, origin)] = await told(ingestor, "warehouses.updated.v1", before)
        assert (gone.warehouse_id, gone.change, gone.revision, origin) == (warehouse_id, "gone", 2, "live")
        shop.warehouses.of[warehouse_id] = warehouse
        await ingestor.sync("warehouses")
        [_, (back, _)] = await told(ingestor, "warehouses.updated.v1", before)
        assert (back.warehouse_id, back.change, back.revision) == (warehouse_id, "changed", 3)

    async def test_a_row_that_cannot_be_read_is_not_taken_for_gone(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        for resource, path in (("warehouses", "/api/v3/warehouses"), ("offices", "/api/v3/offices")):
            await ingestor.sync(resource)
            await wb.fault(path, "broken_row", times=1)
            await ingestor.sync(resource)
            assert len(await rows(ingestor.database, f"SELECT 1 FROM {resource} WHERE gone")) == 0
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 2


class TestSellerStocks:
    async def test_stocks_are_the_truth_page_by_page_and_what_changes_is_told(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stocks, "MAX_PAGE_ROWS", 5)
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("seller_stocks")
        before = len(await published(ingestor.database, "seller_stocks.updated.v1"))
        await wb.step(section="seller_stocks", sid=shop.sid, count=1)
        warehouse = next(each for each in shop.warehouses.of.values() if len(each.stock) > 1)
        chrt_id, quantity = warehouse.stock.popitem()
        await ingestor.sync("seller_stocks")
        truth = {
            (row["nmId"], row["chrtId"], row["warehouseId"]): (row["quantity"], row["regionName"], False)
            for row in await wb.rows("seller_stocks", shop.sid)
        }
        key = (shop.warehouses.nm_id(chrt_id), chrt_id, warehouse.id)
        found = await stored(ingestor, "seller_stocks", "nm_id", "chrt_id", "warehouse_id")
        assert {each: (row["quantity"], row["region_name"], row["gone"]) for each, row in found.items()} == {
            **truth,
            key: (0, warehouse.office.region, True),
        }
        changes = await told(ingestor, "seller_stocks.updated.v1", before)
        [gone] = [row for row, _ in changes if row.change == "gone"]
        assert (gone.nm_id, gone.chrt_id, gone.warehouse_id, gone.quantity) == (*key, 0)
        assert gone.previous in ({"quantity": quantity}, {})
        assert {origin for _, origin in changes} == {"live"}


async def read_report(ingestor: Ingestor) -> int:
    """Sync until a report is read; in how many runs."""
    query = "SELECT count(*) AS n, count(*) FILTER (WHERE outcome = 'completed') AS completed FROM sync_logs"
    [before] = await rows(ingestor.database, query)

    async def is_read() -> int:
        await ingestor.sync("stock_remains")
        [now] = await rows(ingestor.database, query)
        return int(now["n"] - before["n"]) if now["completed"] > before["completed"] else 0

    return int(await eventually(is_read))


class TestRemains:
    async def test_only_tokens_that_stocks_are_closed_to_read_the_report(self, ingestor: Ingestor, wb: Wbsim) -> None:
        query = "SELECT resource, next_run_at = 'infinity' AS waits FROM sync_state WHERE resource LIKE '%stock%'"
        await a_shop(ingestor, wb)
        states = {row["resource"]: row["waits"] for row in await rows(ingestor.database, query)}
        assert states == {"stocks": False, "seller_stocks": False, "stock_remains": True}
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("TRUNCATE cabinets, sync_state"))
        await a_shop(ingestor, wb, kind="base")
        states = {row["resource"]: row["waits"] for row in await rows(ingestor.database, query)}
        assert states == {"stock_remains": False}

    async def test_the_report_is_waited_for_and_read_whole(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.settings(report_seconds=0.5)
        shop = await a_shop(ingestor, wb, kind="base")
        assert await read_report(ingestor) > 2, "WB is still making it"
        assert len(shop.remains.reports) == 1
        truth = {
            (row["nmId"], row["barcode"], row["techSize"], each["warehouseName"]): each["quantity"]
            for row in await wb.rows("warehouse_remains", shop.sid)
            for each in row["warehouses"]
        }
        found = await stored(ingestor, "stock_remains", "nm_id", "barcode", "tech_size", "warehouse_name")
        assert {key: row["quantity"] for key, row in found.items()} == truth
        held = {stock.quantity for stock in shop.stocks.values() if stock.quantity}
        assert {row["quantity"] for row in found.values() if row["kind"] == "warehouse"} == held
        assert {row["kind"] for row in found.values()} >= {"warehouse", "total"}
        assert {origin for _, origin in await told(ingestor, "stock_remains.updated.v1")} == {"backfill"}

    async def test_what_the_next_report_lacks_is_gone(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.settings(report_seconds=0)
        shop = await a_shop(ingestor, wb)
        await read_report(ingestor)
        before = len(await published(ingestor.database, "stock_remains.updated.v1"))
        stock = next(stock for stock in shop.stocks.values() if stock.quantity)
        quantity, stock.quantity = stock.quantity, 0
        await read_report(ingestor)
        changes = await told(ingestor, "stock_remains.updated.v1", before)
        assert {(row.kind, row.change, row.quantity, row.previous["quantity"], origin) for row, origin in changes} == {
            ("warehouse", "gone", 0, quantity, "live"),
            ("total", "gone", 0, quantity, "live"),
        }

    async def test_a_report_that_wb_cancels_is_ordered_anew(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.settings(report_seconds=0, report_canceled_share=1.0)
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("stock_remains")
        await ingestor.sync("stock_remains")
        outcomes = [line["outcome"] for line in await rows(ingestor.database, "SELECT outcome FROM sync_logs")]
        assert outcomes == ["paused", "paused"]
        await wb.settings(report_canceled_share=0.0)
        await read_report(ingestor)
        assert [report.canceled for report in shop.remains.reports.values()] == [True, False]
        assert await rows(ingestor.database, "SELECT 1 FROM stock_remains")


def test_base_tokens_have_their_part_of_an_hour() -> None:
    from contracts.wb_token import TokenKind
    from ingestor.resources import stock_remains

    limit = stock_remains.RESOURCE.method.limit(TokenKind.BASE)
    assert timedelta(seconds=limit.interval_seconds) <= stock_remains.RESOURCE.refresh
