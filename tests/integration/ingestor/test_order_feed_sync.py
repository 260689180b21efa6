"""Orders from the order feed, alone and beside statistics: one record for each order, each change told once."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingestor.resources import order_feed, orders, statistics
from ingestor.resources.resource import Start
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from ingestor.wb.times import moment
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, claim, connect_cabinet, sync_until_it_counts
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim
from wbsim.shop import Shop

if TYPE_CHECKING:
    pass

WITHOUT_STATISTICS = ["content", "analytics", "prices", "marketplace"]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


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


class TestStandingIn:
    async def states(self, ingestor: Ingestor) -> dict[str, bool]:
        found = await rows(
            ingestor.database,
            "SELECT resource, next_run_at = 'infinity' AS waits FROM sync_state WHERE resource LIKE 'order%'",
        )
        return {row["resource"]: row["waits"] for row in found}

    async def test_it_waits_while_statistics_is_open_to_the_token(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb, categories=[*WITHOUT_STATISTICS, "statistics"])
        assert await self.states(ingestor) == {"orders": False, "order_feed": True}

    async def test_it_is_read_where_statistics_is_closed(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        assert await self.states(ingestor) == {"order_feed": False}

    async def test_it_is_called_in_when_statistics_is_switched_off_and_sent_home_after(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        shop = await a_shop(ingestor, wb, placed=6, categories=[*WITHOUT_STATISTICS, "statistics"])
        await ingestor.sync("orders")
        [first] = await events(ingestor)
        assert all(order.status is None for order in first.data.orders)
        await wb.fault("/api/v1/supplier/orders", "switched_off", times=3)
        await sync_until_it_counts(ingestor, "orders")
        assert await self.states(ingestor) == {"orders": False, "order_feed": False}
        cancelled = next(iter(shop.open.values()))
        shop.cancel(cancelled, shop.clock.now())
        placed = shop.place(shop.clock.now())
        await ingestor.sync("order_feed")
        told = {
            order.srid: (order.change, event.origin, order.is_cancel, order.brand is not None)
            for event in await events(ingestor, 1)
            for order in event.data.orders
        }
        assert told.pop(cancelled.srid) == ("cancelled", "live", True, True)
        assert told.pop(placed.srid) == ("new", "live", False, False)
        assert told, "the feed joins what statistics had told of"
        assert {(change, origin, brand) for change, origin, _, brand in told.values()} == {
            ("changed", "backfill", True)
        }
        since = len(await events(ingestor))

        async def is_sent_home() -> bool:
            await ingestor.sync("orders")
            return await self.states(ingestor) == {"orders": False, "order_feed": True}

        # What is locked just then is sent home when the next run ends.
        await eventually(is_sent_home)
        again = {
            order.srid: (order.change, event.origin, order.brand is not None)
            for event in await events(ingestor, since)
            for order in event.data.orders
        }
        assert again.pop(placed.srid) == ("changed", "backfill", True)
        assert again.pop(cancelled.srid)[0] == "changed", "the feed had told of it"
        assert again == {}
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == len(shop.orders)


# An answer of one source: which, of which order, at what second.
Delivery = tuple[str, str, int]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[dict[str, int], list[Delivery], list[Delivery]]:
    """When each order is cancelled, what both sources say of it in the order it came about, and as it arrives."""
    cancelled_at = {srid: draw(st.integers(0, 9)) for srid in ("a", "b")}
    said = st.tuples(st.sampled_from(["orders", "order_feed"]), st.sampled_from(["a", "b"]), st.integers(0, 9))
    every = draw(st.lists(said, min_size=1, max_size=6, unique=True))
    return cancelled_at, sorted(every, key=lambda each: each[2]), draw(st.permutations(every))


def answer(cancelled_at: dict[str, int], delivery: Delivery) -> bytes:
    source, srid, second = delivery
    is_cancel = second >= cancelled_at[srid]
    if source == "orders":
        row = {
            "srid": srid,
            "nmId": 1,
            "date": "2026-11-21T14:00:00",
            "lastChangeDate": f"2026-11-21T15:00:{second:02d}",
            "brand": "Б",
            "totalPrice": 100 + second // 3,
            "isCancel": is_cancel,
            "cancelDate": f"2026-11-21T15:00:{cancelled_at[srid]:02d}" if is_cancel else "0001-01-01T00:00:00",
        }
        return json.dumps([row]).encode()
    row = {
        "srid": srid,
        "nmId": 1,
        "createdAt": "2026-11-21T14:00:00+03:00",
        "updatedAt": f"2026-11-21T15:00:{second:02d}+03:00",
        "status": "cancel" if is_cancel else "created",
        "sellerPrice": 90,
        "destinationCity": "Казань",
    }
    return json.dumps({"data": {"snapshotTime": "2026-11-21T12:00:10Z", "orders": [row]}}).encode()


CABINET = UUID(int=7)


async def arrived(
    database: Database, cancelled_at: dict[str, int], arriving: Sequence[Delivery]
) -> tuple[list[dict[str, Any]], dict[str, list[Any]]]:
    """What is stored, and told of each order, once the deliveries have arrived in that order."""
    connected_at = NOW - timedelta(hours=3)
    async with database.transaction() as connection:
        await connection.execute(text("TRUNCATE cabinets, sync_state, orders, orders_history, outbox, sync_logs"))
        await connection.execute(
            text(
                "INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)"
                " VALUES (:id, 'verified', :id, 'personal', '', :connected_at, now())"
            ),
            {"id": CABINET, "connected_at": connected_at},
        )
        await connection.execute(
            text("INSERT INTO sync_state (cabinet_id, resource) VALUES (:id, 'orders'), (:id, 'order_feed')"),
            {"id": CABINET},
        )
    leases = {lease.resource: lease for lease in await claim(database)}
    runs = {each.name: Run(leases[each.name], each, NOW, Counts()) for each in (orders.RESOURCE, order_feed.RESOURCE)}
    start = Start(NOW, sweep=False, page_rows=10)
    positions = {"orders": statistics.begin(None, start), "order_feed": order_feed.begin(None, start)}
    for delivery in arriving:
        source = delivery[0]
        await take_in(database, runs[source], positions[source], answer(cancelled_at, delivery), NOW)
    stored = await rows(database, "SELECT * FROM orders ORDER BY srid")
    told: dict[str, list[Any]] = {}
    for event in await published(database, "orders.updated.v1"):
        for order in event.data.orders:
            told.setdefault(order.srid, []).append((order, event.origin))
    return stored, told


OURS = ("revision", "first_seen_at", "changed_at")


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
        ignored = {"revision", "change", "previous", "last_change_at"}
        assert last.model_dump(exclude=ignored) == last_straight.model_dump(exclude=ignored)
        (first, origin), *later = changes
        assert (first.change, origin) == ("new", "live")
        cancellations = [origin for order, origin in later if order.change == "cancelled"]
        assert cancellations == (["live"] if last.is_cancel and not first.is_cancel else [])
        assert last.is_cancel == (row["is_cancel"] is True or row["status"] == "cancel")
