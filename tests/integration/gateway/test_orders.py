"""Reading orders: pages, filters, and a cache that is never wrong."""

import asyncio
import socket
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from contracts.model import MOSCOW
from gateway import orders as gateway_orders
from gateway.lists import Page
from gateway.published import show_only
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text
from support.gateway import Gateway, User, built_gateway
from support.plans import asked, noted
from support.stored_orders import NOON, minutes_apart, snapshot, store

from contracts import cache_keys


async def ids(user: User, **params: Any) -> list[UUID]:
    answer = await user.get("/orders", **params)
    assert answer.status_code == 200, answer.text
    return [UUID(order["order_id"]) for order in answer.json()["data"]]


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


@pytest.fixture
def closed_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def reporter_cache(redis_client: redis.asyncio.Redis, redis_prefix: str) -> Cache:
    """The cache as the reporter holds it."""
    return Cache(redis_client, prefix=redis_prefix)


class TestListOrders:
    async def test_newest_first_with_every_field(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        orders = minutes_apart(cabinet, 3)
        await store(reporter_db, cabinet, orders)
        answer = await alice.get("/orders")
        assert answer.json()["meta"]["next_cursor"] is None
        listed = answer.json()["data"]
        assert [order["order_id"] for order in listed] == [str(order.order_id) for order in reversed(orders)]
        first = listed[0]
        assert first["cabinet_id"] == str(cabinet)
        assert first["day"] == "2026-11-20"
        assert first["price_with_disc"] == "1494.0000"
        assert first["total_price"] is None
        assert datetime.fromisoformat(first["ordered_at"]) == orders[-1].ordered_at

    async def test_a_user_sees_the_orders_of_their_cabinets_only(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        second, foreign = await alice.connect(), await bob.connect()
        mine, more, theirs = snapshot(cabinet), snapshot(second), snapshot(foreign)
        for owner, order in ((cabinet, mine), (second, more), (foreign, theirs)):
            await store(reporter_db, owner, [order])
        assert set(await ids(alice)) == {mine.order_id, more.order_id}
        assert await ids(alice, cabinet_id=second) == [more.order_id]
        assert await ids(bob) == [theirs.order_id]

    async def test_without_a_cabinet_there_are_no_orders(self, bob: User, cabinet: UUID, reporter_db: Database) -> None:
        await store(reporter_db, cabinet, [snapshot(cabinet)])
        assert await ids(bob) == []

    async def test_filters_by_moscow_day_and_article(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        midnight = datetime(2026, 11, 20, tzinfo=MOSCOW)
        before = snapshot(cabinet, ordered_at=midnight - timedelta(seconds=1), nm_id=1)
        first = snapshot(cabinet, ordered_at=midnight, nm_id=1)
        last = snapshot(cabinet, ordered_at=midnight + timedelta(hours=23, minutes=59), nm_id=2)
        after = snapshot(cabinet, ordered_at=midnight + timedelta(days=1), nm_id=2)
        await store(reporter_db, cabinet, [before, first, last, after])
        day = date(2026, 11, 20).isoformat()
        assert await ids(alice, **{"from": day, "to": day}) == [last.order_id, first.order_id]
        assert await ids(alice, **{"from": day}) == [after.order_id, last.order_id, first.order_id]
        assert await ids(alice, to=day, nm_id=1) == [first.order_id, before.order_id]

    async def test_days_long_past_are_read_from_the_index_without_what_came_since(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        sent = await asked(gateway, alice, "/orders", {"from": "2026-01-01", "to": "2026-01-31"})
        ((question, values),) = [each for each in sent if ".orders" in each[0] and "count(" not in each[0]]
        async with gateway.database.transaction() as connection:
            await show_only(connection, [cabinet])
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {question}", values)).scalars())
        (condition,) = [line for line in plan.splitlines() if "Index Cond" in line]
        assert "order_facts_page" in plan
        assert condition.count("ordered_at") == 2

    @pytest.mark.parametrize("params", [{"from": "0001-01-01"}, {"to": "9999-12-31"}])
    async def test_the_first_and_last_day_there_are_may_be_asked_for(
        self, alice: User, cabinet: UUID, reporter_db: Database, params: dict[str, str]
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        assert await ids(alice, **params) == [order.order_id]

    @pytest.mark.parametrize(
        ("params", "code"),
        [
            ({"limit": 0}, "invalid_request"),
            ({"limit": 201}, "invalid_request"),
            ({"limit": "all"}, "invalid_request"),
            ({"nm_id": 2**63}, "invalid_request"),
            ({"nm_id": 0}, "invalid_request"),
            ({"from": "yesterday"}, "invalid_request"),
            ({"from": "2026-11-02", "to": "2026-11-01"}, "period_invalid"),
            ({"cursor": "nonsense"}, "cursor_invalid"),
            ({"cursor": "c" * 401}, "invalid_request"),
            ({"cabinet_id": "mine"}, "invalid_request"),
        ],
    )
    async def test_a_question_that_makes_no_sense_is_refused(
        self, alice: User, params: dict[str, Any], code: str
    ) -> None:
        answer = await alice.get("/orders", **params)
        assert answer.status_code == 422
        assert answer.json()["code"] == code

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        minutes=st.lists(st.integers(0, 6), min_size=0, max_size=25),
        arriving=st.lists(st.integers(-3, 9), max_size=12),
        limit=st.integers(1, 7),
    )
    async def test_paging_meets_every_order_exactly_once_while_more_arrive(
        self, gateway: Gateway, reporter_db: Database, minutes: list[int], arriving: list[int], limit: int
    ) -> None:
        user = await gateway.user(uuid4().int % 2**40 + 1)
        cabinets = [await user.connect(), await user.connect()]

        def orders_at(offsets: list[int]) -> list[tuple[UUID, Any]]:
            owners = [cabinets[index % 2] for index in range(len(offsets))]
            moments = [NOON + timedelta(minutes=minute) for minute in offsets]
            return [(o, snapshot(o, ordered_at=moment)) for o, moment in zip(owners, moments, strict=True)]

        there = orders_at(minutes)
        for owner, order in there:
            await store(reporter_db, owner, [order])
        late = orders_at(arriving)
        seen: list[UUID] = []
        cursor: str | None = None
        while True:
            page = (await user.get("/orders", limit=limit, cursor=cursor)).json()
            assert len(page["data"]) <= limit
            seen += [UUID(order["order_id"]) for order in page["data"]]
            for owner, order in late[:2]:
                await store(reporter_db, owner, [order])
            del late[:2]
            cursor = page["meta"]["next_cursor"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen))
        assert {order.order_id for _, order in there} <= set(seen)


@pytest.fixture
def statements(gateway: Gateway) -> Iterator[list[tuple[str, Any]]]:
    """Every statement that the gateway sends to its database, with its values."""
    with noted(gateway) as sent:
        yield sent.statements


class TestStatements:
    async def test_do_not_grow_with_orders_or_cabinets_and_a_hit_reads_no_order(
        self, alice: User, cabinet: UUID, reporter_db: Database, statements: list[tuple[str, Any]]
    ) -> None:
        await store(reporter_db, cabinet, [snapshot(cabinet)])
        assert len(await ids(alice, limit=1)) == 1
        await alice.connect()
        statements.clear()
        assert len(await ids(alice)) == 1
        for_one_order = len(statements)
        for other in [await alice.connect() for _ in range(3)]:
            await store(reporter_db, other, minutes_apart(other, 30))
        statements.clear()
        assert len(await ids(alice, limit=200)) == 91
        assert len(statements) == for_one_order
        statements.clear()
        assert len(await ids(alice, limit=200)) == 91
        assert statements == []


class TestGetOrder:
    async def test_one_order(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        answer = await alice.get(f"/orders/{order.order_id}")
        assert answer.status_code == 200
        assert answer.json()["data"] == (await alice.get("/orders")).json()["data"][0]

    async def test_a_cached_order_is_not_found_by_who_may_not_see_it(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        assert (await alice.get(f"/orders/{order.order_id}")).headers["X-Cache"] == "miss"
        assert (await bob.get(f"/orders/{order.order_id}")).status_code == 404
        assert (await alice.get(f"/orders/{order.order_id}")).headers["X-Cache"] == "hit"

    async def test_who_may_not_see_an_order_does_not_hide_it_from_its_owner(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        await bob.connect()
        answers = await asyncio.gather(
            *(user.get(f"/orders/{order.order_id}") for user in (bob, alice, bob, alice, bob, alice))
        )
        assert [answer.status_code for answer in answers] == [404, 200, 404, 200, 404, 200]

    async def test_an_order_of_a_disconnected_cabinet_is_gone_at_once(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        assert await ids(alice) == [order.order_id]
        assert (await alice.get(f"/orders/{order.order_id}")).status_code == 200
        await alice.call("DELETE", f"/cabinets/{cabinet}")
        assert await ids(alice) == []
        assert (await alice.get(f"/orders/{order.order_id}")).status_code == 404


class TestCache:
    async def test_the_second_reader_is_served_the_same_bytes_from_the_cache(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        for path in ("/orders", f"/orders/{order.order_id}"):
            first, second = await alice.get(path), await alice.get(path)
            assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
            assert first.json()["data"] == second.json()["data"]
            assert (first.json()["meta"]["source"], second.json()["meta"]["source"]) == ("database", "cache")
            assert first.headers["ETag"] == second.headers["ETag"]

    async def test_other_questions_do_not_share_an_answer(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        await store(reporter_db, cabinet, minutes_apart(cabinet, 3))
        assert len(await ids(alice, limit=2)) == 2
        assert len(await ids(alice, limit=3)) == 3
        assert await ids(alice, nm_id=1) == []

    async def test_what_the_reporter_invalidates_is_read_anew(
        self, alice: User, cabinet: UUID, reporter_db: Database, reporter_cache: Cache
    ) -> None:
        first, second = minutes_apart(cabinet, 2)
        await store(reporter_db, cabinet, [first])
        assert await ids(alice) == [first.order_id]
        assert (await alice.get(f"/orders/{first.order_id}")).status_code == 200
        await store(reporter_db, cabinet, [second])
        assert await ids(alice) == [first.order_id]
        await reporter_cache.invalidate([cache_keys.cabinet_orders_tag(cabinet), cache_keys.order(first.order_id)])
        assert await ids(alice) == [second.order_id, first.order_id]
        assert (await alice.get(f"/orders/{first.order_id}")).headers["X-Cache"] == "miss"

    async def test_a_cabinet_connected_meanwhile_is_in_the_list_at_once(
        self, alice: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        assert await ids(alice) == []
        second = await alice.connect()
        order = snapshot(second)
        await store(reporter_db, second, [order])
        assert await ids(alice) == [order.order_id]

    async def test_one_order_takes_one_of_a_transaction_and_a_list_that_goes_on_three(
        self, alice: User, cabinet: UUID, reporter_db: Database, statements: list[tuple[str, Any]]
    ) -> None:
        orders = minutes_apart(cabinet, 3)
        await store(reporter_db, cabinet, orders)
        await ids(alice, limit=1)  # connections are opened, and who may see what is remembered
        statements.clear()
        for path in (f"/orders/{orders[0].order_id}", "/orders?limit=2", "/orders?limit=3"):
            assert (await alice.call("GET", path)).headers["X-Cache"] == "miss"
        began = f"BEGIN READ ONLY; SELECT set_config('pulse.cabinet_ids', '{cabinet.hex}', true)"
        kinds = {began: "began", "COMMIT": "ended"}
        sent = [kinds.get(statement, "read") for statement, _ in statements]
        of_one, of_page, of_last_page = [1, 3, 2]  # a page that is the last needs no count
        assert sent == [
            kind for reads in (of_one, of_page, of_last_page) for kind in ("began", *["read"] * reads, "ended")
        ]

    async def test_who_read_before_an_invalidation_cannot_put_the_old_answer_back(
        self,
        alice: User,
        cabinet: UUID,
        reporter_db: Database,
        reporter_cache: Cache,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        first, second = minutes_apart(cabinet, 2)
        await store(reporter_db, cabinet, [first])
        has_read, may_return = asyncio.Event(), asyncio.Event()
        page = gateway_orders.page

        async def slow_page(*arguments: Any) -> Page[Any]:
            result = await page(*arguments)
            has_read.set()
            await may_return.wait()
            return result

        with monkeypatch.context() as patch:
            patch.setattr(gateway_orders, "page", slow_page)
            reader = asyncio.create_task(ids(alice))
            await has_read.wait()
            await store(reporter_db, cabinet, [second])
            await reporter_cache.invalidate([cache_keys.cabinet_orders_tag(cabinet)])
            may_return.set()
            assert await reader == [first.order_id]
        assert await ids(alice) == [second.order_id, first.order_id]

    async def test_a_dead_redis_costs_no_answer(
        self,
        gateway: Gateway,
        alice: User,
        bob: User,
        cabinet: UUID,
        reporter_db: Database,
        rabbitmq_url: str,
        closed_port: int,
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        async with built_gateway(
            gateway.database,
            redis_url=f"redis://127.0.0.1:{closed_port}/0",
            redis_prefix="",
            rabbitmq_url=rabbitmq_url,
        ) as crippled:
            without_redis = User(crippled, alice.telegram_id, alice.key)
            stranger = User(crippled, bob.telegram_id, bob.key)
            for _ in range(2):
                assert await ids(without_redis) == [order.order_id]
                answer = await without_redis.get(f"/orders/{order.order_id}")
                assert answer.headers["X-Cache"] == "miss"
                assert (await stranger.get(f"/orders/{order.order_id}")).status_code == 404
