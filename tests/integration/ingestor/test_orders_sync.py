"""Orders synced from a simulated shop: nothing missing, nothing twice, whatever WB does."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.model import MOSCOW
from ingestor.sync.odd_pages import FIRST_PAUSE
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, sync_requested, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim


async def assert_equals_truth(database: Database, wb: Wbsim) -> None:
    """Every order of the shop is stored as it is, and the last event of each says the same."""
    truth = {order["srid"]: order["row"] for order in (await wb.truth())["orders"]}
    stored = {row["srid"]: row for row in await rows(database, "SELECT * FROM orders")}
    assert stored.keys() == truth.keys()
    told: dict[str, list[Any]] = {}
    for event in await published(database, "orders.updated.v1"):
        for order in event.data.orders:
            told.setdefault(order.srid, []).append(order)
    for srid, row in truth.items():
        order = stored[srid]
        changed_at = datetime.fromisoformat(row["lastChangeDate"]).replace(tzinfo=MOSCOW)
        assert order["last_change_at"] == changed_at
        assert order["is_cancel"] == row["isCancel"]
        assert order["price_with_disc"] == (Decimal(str(row["priceWithDisc"])) or None)
        assert [each.revision for each in told[srid]] == list(range(1, order["revision"] + 1))
        assert told[srid][-1].is_cancel == order["is_cancel"]
        assert told[srid][-1].price_with_disc == order["price_with_disc"]


async def sync_until_equal(ingestor: Ingestor, wb: Wbsim) -> None:
    for _ in range(2):
        await ingestor.sync("orders")
    # A page that had exactly WB's size may have been taken for whole: the sweep reads on.
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
    await ingestor.sync("orders")
    await assert_equals_truth(ingestor.database, wb)


class TestIncrementalSync:
    @pytest.mark.parametrize("bound", [">=", ">"])
    @pytest.mark.parametrize("page_rows", [1, 2, 3, 7, 80_000])
    async def test_both_bounds_and_any_page_size_give_the_truth(
        self, ingestor: Ingestor, wb: Wbsim, bound: str, page_rows: int
    ) -> None:
        await wb.settings(bound=bound, page_rows=page_rows)
        placed = [order["srid"] for order in await wb.place_orders(count=9)]
        await connect_cabinet(ingestor, wb)
        await sync_until_equal(ingestor, wb)
        for srid in placed[:4]:
            await wb.change_order(srid, "cancel")
        await wb.place_orders(count=2)
        await sync_until_equal(ingestor, wb)
        changes = Counter(
            o.change for e in await published(ingestor.database, "orders.updated.v1") for o in e.data.orders
        )
        assert changes == {"new": 11, "cancelled": 4}

    async def test_history_is_backfill_and_what_follows_is_live(self, ingestor: Ingestor, wb: Wbsim) -> None:
        sid = await wb.seller(name="old", history_orders=30, history_days=60)
        await connect_cabinet(ingestor, wb, sid=sid)
        await ingestor.sync("orders")
        assert {e.origin for e in await published(ingestor.database, "orders.updated.v1")} == {"backfill"}
        placed = await wb.place_orders(sid=sid, count=1)
        await ingestor.sync("orders")
        *_, last = await published(ingestor.database, "orders.updated.v1")
        assert last.origin == "live"
        assert [order.srid for order in last.data.orders] == [placed[0]["srid"]]

    async def test_an_unchanged_page_writes_and_publishes_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=5)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        before = await rows(ingestor.database, "SELECT srid, xmin FROM orders ORDER BY srid")
        events = len(await published(ingestor.database))
        await ingestor.sync("orders")
        assert await rows(ingestor.database, "SELECT srid, xmin FROM orders ORDER BY srid") == before
        assert len(await published(ingestor.database)) == events
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs WHERE trigger = 'schedule'")
        assert (line["rows_new"], line["rows_changed"], line["rows_same"]) == (0, 0, 5)

    async def test_a_changed_order_carries_what_it_was(self, ingestor: Ingestor, wb: Wbsim) -> None:
        [order] = await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await wb.change_order(order["srid"], "cancel")
        await ingestor.sync("orders")
        *_, last = await published(ingestor.database, "orders.updated.v1")
        [cancelled] = last.data.orders
        assert cancelled.change == "cancelled"
        assert cancelled.previous["is_cancel"] is False
        assert cancelled.revision == 2

    async def test_an_idle_shop_costs_one_request_a_run(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=2)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        await ingestor.sync("orders")
        await ingestor.sync("orders")
        quiet = "SELECT sum(runs) AS runs, sum(requests) AS requests FROM sync_logs WHERE trigger = 'schedule'"
        assert await rows(ingestor.database, quiet) == [{"runs": 2, "requests": 2}]


class TestSweep:
    async def test_rows_that_appear_late_are_found_by_a_manual_sync(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.settings(late_share=1.0, late_seconds=1.5)
        [late] = await wb.place_orders(count=1)
        await wb.settings(late_share=0.0)
        await eventually_second_after(late)
        await wb.place_orders(count=1)
        await ingestor.sync("orders")

        async def found() -> bool:
            await take(ingestor.database, sync_requested(cabinet_id, "orders"))
            await ingestor.sync("orders")
            return len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 2

        await eventually(found)
        await assert_equals_truth(ingestor.database, wb)

    async def test_rows_that_appear_weeks_late_are_found_by_sweeps(self, ingestor: Ingestor, wb: Wbsim) -> None:
        sid = await wb.seller(name="past", history_orders=60, history_days=60)
        await wb.settings(page_rows=25)
        await connect_cabinet(ingestor, wb, sid=sid)
        await ingestor.sync("orders")
        await wb.place_orders(count=1, sid=sid)
        await ingestor.sync("orders")
        query = "SELECT srid FROM orders ORDER BY last_change_at LIMIT 1 OFFSET 15"
        [late] = await rows(ingestor.database, query)
        # As if WB had not shown it when its time was read.
        await rows(ingestor.database, "DELETE FROM orders WHERE srid = :srid RETURNING 1", **late)
        old = "UPDATE sync_state SET cursor = cursor - 'looked_back_at' WHERE resource = 'orders' RETURNING 1"
        await rows(ingestor.database, old)
        for _ in range(5):
            await sweep_now(ingestor)
        assert await rows(ingestor.database, "SELECT 1 FROM orders WHERE srid = :srid", **late)

    async def test_prices_that_fill_in_later_are_a_change(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb)
        await wb.settings(zero_price_share=1.0, zero_price_seconds=1)
        await wb.place_orders(count=1)
        await ingestor.sync("orders")
        [order] = await rows(ingestor.database, "SELECT * FROM orders")
        assert order["price_with_disc"] is None

        async def is_priced() -> bool:
            await take(ingestor.database, sync_requested(cabinet_id, "orders"))
            await ingestor.sync("orders")
            [order] = await rows(ingestor.database, "SELECT * FROM orders")
            return order["price_with_disc"] is not None and order["revision"] == 2

        await eventually(is_priced)

    async def test_broken_rows_are_kept_and_asked_for_again_soon(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=5)
        await connect_cabinet(ingestor, wb)
        fault = await wb.fault("/api/v1/supplier/orders", "broken_row", times=1)
        assert fault
        await ingestor.sync("orders")
        [broken] = await rows(ingestor.database, "SELECT * FROM quarantine")
        [damage] = (await wb.truth())["damaged"]
        assert damage["field"]
        assert broken["reason"]
        [page] = await rows(ingestor.database, "SELECT ask_again_at - since AS pause FROM odd_pages")
        assert page["pause"] == FIRST_PAUSE / 1000, "as much faster as all goes here"
        await rows(ingestor.database, "UPDATE odd_pages SET ask_again_at = now() RETURNING 1")
        await ingestor.sync("orders")
        assert await rows(ingestor.database, "SELECT 1 FROM odd_pages") == []
        await assert_equals_truth(ingestor.database, wb)

    async def test_the_same_broken_row_is_one_row_seen_more_often(self, ingestor_db: Database) -> None:
        from ingestor.sync import quarantine
        from ingestor.sync.quarantine import Broken

        broken = [Broken(b"{}", "no srid"), Broken(b"{}", "no srid"), Broken(b"\xff\x00", "noise")]
        for _ in range(2):
            async with ingestor_db.transaction() as connection:
                await quarantine.put(connection, UUID(int=1), "orders", broken, {"at": "x"})
        found = [row async for row in quarantine.listed(ingestor_db, cabinet_id=UUID(int=1), limit=10)]
        assert [row["times"] for row in found] == [2, 2]
        assert [row async for row in quarantine.listed(ingestor_db, cabinet_id=UUID(int=2), limit=10)] == []


async def sweep_now(ingestor: Ingestor) -> None:
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
    await ingestor.sync("orders")


async def eventually_second_after(order: dict[str, Any]) -> None:
    """Wait until the second of an order is over, by more than a run reads again."""
    changed_at = datetime.fromisoformat(order["row"]["lastChangeDate"]).replace(tzinfo=MOSCOW)

    async def is_over() -> bool:
        return datetime.now(UTC) - changed_at > timedelta(seconds=4)

    await eventually(is_over)
