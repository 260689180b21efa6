"""Orders from the order feed, alone and beside statistics: one record for each order, each change told once."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from ingestor.wb.times import moment
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, sync_until_it_counts
from support.outbox_rows import published
from support.rows import rows
from support.two_sources import Delivery, arrived, deliveries
from wbsim.running import Wbsim
from wbsim.shop import Shop

WITHOUT_STATISTICS = ["content", "analytics", "prices", "marketplace"]


@pytest.fixture
def page_rows() -> int:
    return 4


async def a_shop(ingestor: Ingestor, wb: Wbsim, *, placed: int = 0, **token: Any) -> Shop:
    """A connected cabinet, without statistics unless told otherwise, of a shop with so many orders of three weeks."""
    sid = await wb.seller(name="feed", products=5, history_orders=placed, history_days=21)
    await connect_cabinet(ingestor, wb, sid=sid, **({"categories": WITHOUT_STATISTICS} | token))
    return wb.world.shops[sid]


async def assert_equals_truth(ingestor: Ingestor, wb: Wbsim, shop: Shop) -> None:
    """Every order of the feed is stored as it is, and the last event of each says the same."""
    truth = {row["srid"]: row for row in await wb.rows("order_feed", shop.sid)}
    stored = {row["srid"]: row for row in await rows(ingestor.database, "SELECT * FROM orders")}
    assert stored.keys() == truth.keys()
    told = {order.srid: order for event in await events(ingestor) for order in event.data.orders}
    for srid, wb_row in truth.items():
        for order in (stored[srid], vars(told[srid])):
            assert (order["nm_id"], order["chrt_id"], order["is_mp"], order["is_b2b"]) == (
                wb_row["nmId"],
                wb_row["chrtId"],
                wb_row["isMp"],
                wb_row["isB2b"],
            )
            assert (order["status"], order["cancel_type"]) == (wb_row["status"], wb_row.get("cancelType"))
            assert (order["ordered_at"], order["status_at"]) == (
                moment(wb_row["createdAt"]),
                moment(wb_row["updatedAt"]),
            )
            assert order["seller_price"] == Decimal(str(wb_row["sellerPrice"]))
            assert (order["destination_city"], order["destination_district"]) == (
                wb_row["destinationCity"],
                wb_row["destinationDistrict"],
            )
        assert told[srid].is_cancel == (wb_row["status"] == "cancel")


async def events(ingestor: Ingestor, since: int = 0) -> Sequence[Any]:
    return (await published(ingestor.database, "orders.updated.v1"))[since:]


async def sweep(ingestor: Ingestor, resource: str = "order_feed") -> None:
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET sweep_at = now()"))
    await ingestor.sync(resource)


class TestAlone:
    async def test_the_first_load_is_history_and_what_happens_then_is_news(self, paging: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(paging, wb, placed=30)
        await paging.sync("order_feed")
        await assert_equals_truth(paging, wb, shop)
        assert {event.origin for event in await events(paging)} == {"backfill"}
        [line] = await rows(paging.database, "SELECT * FROM sync_logs")
        assert line["pages"] == len(shop.orders) // 4 + 1
        known = {order.srid: order for event in await events(paging) for order in event.data.orders}
        for _ in range(3):
            since = len(await events(paging))
            await wb.step(section="order_feed", sid=shop.sid, count=4)
            await paging.sync("order_feed")
            await assert_equals_truth(paging, wb, shop)
            for event in await events(paging, since):
                assert event.origin == "live"
                for order in event.data.orders:
                    before = known.get(order.srid)
                    kind = "new" if before is None else "cancelled" if order.status == "cancel" else "changed"
                    assert order.change == kind
                    assert order.previous.get("status") == (before.status if before else None)
                    known[order.srid] = order

    async def test_all_pages_of_a_pass_are_of_one_snapshot_over_several_runs(
        self, paging: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
        shop = await a_shop(paging, wb, placed=17)
        before = {row["srid"]: row["status"] for row in await wb.rows("order_feed", shop.sid)}
        completed = "SELECT 1 FROM sync_logs WHERE outcome = 'completed'"
        runs = 0
        while not await rows(paging.database, completed):
            await paging.sync("order_feed")
            await wb.step(section="order_feed", sid=shop.sid, count=3)
            runs += 1
        assert runs == len(before) // 4 + 1
        # What happened meanwhile would have moved rows from page to page.
        stored = {row["srid"]: row["status"] for row in await rows(paging.database, "SELECT srid, status FROM orders")}
        assert stored == before
        monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 10)
        await paging.sync("order_feed")
        await assert_equals_truth(paging, wb, shop)
        told = [(order.srid, order.change) for event in await events(paging) for order in event.data.orders]
        assert len([srid for srid, change in told if change == "new"]) == len({srid for srid, _ in told})

    async def test_a_broken_row_breaks_no_other_and_is_asked_for_again(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, placed=8)
        await wb.fault("/api/analytics/v1/order-feed", "broken_row", times=1)
        await ingestor.sync("order_feed")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("UPDATE odd_pages SET ask_again_at = now()"))
        await ingestor.sync("order_feed")
        await assert_equals_truth(ingestor, wb, shop)

    async def test_a_quiet_shop_writes_and_tells_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await wb.step(section="order_feed", sid=shop.sid, count=3)
        await ingestor.sync("order_feed")
        before = await rows(ingestor.database, "SELECT srid, xmin FROM orders ORDER BY srid")
        told = len(await events(ingestor))
        await ingestor.sync("order_feed")
        assert await rows(ingestor.database, "SELECT srid, xmin FROM orders ORDER BY srid") == before
        assert len(await events(ingestor)) == told


BOTH = [*WITHOUT_STATISTICS, "statistics"]


async def told_since(ingestor: Ingestor, since: int) -> dict[str, list[tuple[Any, str]]]:
    """Of each order what was told of it behind so many events, each with its origin."""
    found: dict[str, list[tuple[Any, str]]] = {}
    for event in await events(ingestor, since):
        for order in event.data.orders:
            found.setdefault(order.srid, []).append((order, str(event.origin)))
    return found


class TestBeside:
    async def due(self, ingestor: Ingestor) -> set[str]:
        due = "SELECT resource FROM sync_state WHERE resource LIKE 'order%' AND next_run_at <= now()"
        return {row["resource"] for row in await rows(ingestor.database, due)}

    async def test_what_the_token_opens_is_read(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb, categories=BOTH)
        assert await self.due(ingestor) == {"orders", "order_feed"}

    async def test_the_feed_is_read_where_statistics_is_closed(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        assert await self.due(ingestor) == {"order_feed"}

    @pytest.mark.parametrize(("first", "second"), [("orders", "order_feed"), ("order_feed", "orders")])
    async def test_a_first_load_completes_what_the_other_had_loaded(
        self, ingestor: Ingestor, wb: Wbsim, first: str, second: str
    ) -> None:
        shop = await a_shop(ingestor, wb, placed=12, categories=BOTH)
        await ingestor.sync(first)
        known = set(await told_since(ingestor, 0))
        assert known == set(shop.orders)
        placed = shop.place(shop.clock.now())
        since = len(await events(ingestor))
        await ingestor.sync(second)
        told = await told_since(ingestor, since)
        [(new, origin)] = told.pop(placed.srid)
        assert (new.change, new.completes, origin) == ("new", False, "live")
        assert {(order.completes, origin) for found in told.values() for order, origin in found} == {(True, "backfill")}
        assert {len(found) for found in told.values()} == {1}
        assert set(told) == known
        # Then neither has anything to say, but of the order that the other has still to complete.
        since = len(await events(ingestor))
        for _ in range(2):
            await sweep(ingestor, second)
            await sweep(ingestor, first)
        [(completed, origin)] = (await told_since(ingestor, since))[placed.srid]
        assert (completed.completes, completed.revision, origin) == (True, 2, "live")
        assert set(await told_since(ingestor, since)) == {placed.srid}

    async def test_whichever_shows_it_first_tells_an_order_and_its_cancel(self, ingestor: Ingestor, wb: Wbsim) -> None:
        """Statistics shows what changed long after the feed."""
        shop = await a_shop(ingestor, wb, categories=BOTH)
        for resource in ("orders", "order_feed"):
            await ingestor.sync(resource)
        order = shop.place(shop.clock.now())
        await ingestor.sync("order_feed")
        await ingestor.sync("orders")
        shop.cancel(order, shop.clock.now())
        await ingestor.sync("orders")
        await ingestor.sync("order_feed")
        found = (await told_since(ingestor, 0))[order.srid]
        assert [(order.change, order.completes) for order, _ in found] == [
            ("new", False),
            ("changed", True),
            ("cancelled", False),
            ("changed", True),
        ]
        assert {origin for _, origin in found} == {"live"}
        told = found[-1][0]
        assert (told.status, told.is_cancel, told.brand is not None) == ("cancel", True, True)
        assert (found[0][0].price_with_disc, found[0][0].brand) == (told.seller_price, None)

    async def test_an_order_is_seen_before_it_is_paid(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, categories=BOTH)
        for resource in ("orders", "order_feed"):
            await ingestor.sync(resource)
        wb.world.behaviour.unpaid_share = 1.0
        order = shop.place(shop.clock.now())
        await ingestor.sync("orders")
        assert order.srid not in await told_since(ingestor, 0)
        await ingestor.sync("order_feed")
        shop.pay(order, shop.clock.now())
        await ingestor.sync("orders")
        found = (await told_since(ingestor, 0))[order.srid]
        assert [(each.change, each.completes) for each, _ in found] == [("new", False), ("changed", True)]

    async def test_of_what_the_other_never_showed_a_first_load_tells_the_last_hour(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(ingestor, wb, categories=BOTH)
        wb.world.behaviour.unpaid_share = 1.0
        now = shop.clock.now()
        old, new = shop.place(now - 3 * 3600), shop.place(now - 600)
        await ingestor.sync("orders")
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("UPDATE cabinets SET connected_at = now() - interval '30 days'"))
        await ingestor.sync("order_feed")
        told = await told_since(ingestor, 0)
        assert {srid: origin for srid, [(_, origin)] in told.items()} == {old.srid: "backfill", new.srid: "live"}

    async def test_each_goes_on_while_the_other_is_switched_off(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb, placed=6, categories=BOTH)
        for resource in ("orders", "order_feed"):
            await ingestor.sync(resource)
        await wb.fault("/api/v1/supplier/orders", "switched_off", times=3)
        await sync_until_it_counts(ingestor, "orders")
        cancelled, placed = next(iter(shop.open.values())), shop.place(shop.clock.now())
        shop.cancel(cancelled, shop.clock.now())
        since = len(await events(ingestor))
        await ingestor.sync("order_feed")
        told = await told_since(ingestor, since)
        assert {srid: (order.change, origin) for srid, [(order, origin)] in told.items()} == {
            cancelled.srid: ("cancelled", "live"),
            placed.srid: ("new", "live"),
        }
        since = len(await events(ingestor))

        async def is_read() -> bool:
            await ingestor.sync("orders")
            return placed.srid in await told_since(ingestor, since)

        await eventually(is_read)
        again = await told_since(ingestor, since)
        assert {srid for srid, [(order, _)] in again.items() if order.completes} == {cancelled.srid, placed.srid}
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == len(shop.orders)


OURS = ("revision", "first_seen_at", "changed_at")


def _joins(order: Any) -> bool:
    """Whether a source tells of the order that had not before."""
    return any(order.previous.get(name, "") is None for name in ("brand", "status"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
async def test_two_sources_make_one_record_whichever_comes_first(
    ingestor_db: Database, drawn: tuple[dict[str, int], list[Delivery], list[Delivery]]
) -> None:
    cancelled_at, in_order, arriving = drawn
    stored, told = await arrived(ingestor_db, cancelled_at, arriving)
    straight, told_straight = await arrived(ingestor_db, cancelled_at, in_order)
    records = [[{k: v for k, v in row.items() if k not in OURS} for row in each] for each in (stored, straight)]
    assert records[0] == records[1]
    for row in stored:
        changes = told[row["srid"]]
        assert [order.revision for order, _ in changes] == list(range(1, row["revision"] + 1))
        assert [order.change for order, _ in changes].count("new") == 1
        last, _ = changes[-1]
        last_straight, _ = told_straight[row["srid"]][-1]
        # Of a row that only moved on in time nothing is told.
        ignored = {"revision", "change", "completes", "previous", "last_change_at"}
        assert last.model_dump(exclude=ignored) == last_straight.model_dump(exclude=ignored)
        (first, origin), *later = changes
        assert (first.change, origin) == ("new", "live")
        cancellations = [origin for order, origin in later if order.change == "cancelled"]
        assert cancellations == (["live"] if last.is_cancel and not first.is_cancel else [])
        assert not first.completes
        joins = [order for order, _ in later if _joins(order)]
        assert all(order.completes for order in joins if order.change != "cancelled")
        assert last.is_cancel == (row["is_cancel"] is True or row["status"] == "cancel")
