"""Faults in the middle of a page: the next attempt gives the same tables, and tells each change once."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

import aio_pika
import asyncpg
import pytest
import redis.asyncio
from contracts.model import MOSCOW
from contracts.topics import REPORTER_ORDERS
from ingestor.resources import orders, stocks
from ingestor.resources.resource import Resource
from ingestor.sync import page as page_module
from ingestor.sync import store as store_module
from ingestor.sync.page import take_in
from ingestor.sync.run import OUTAGE_SECONDS
from local.servers import Servers
from servicekit.background import running
from servicekit.broker import event_publisher, make_broker
from servicekit.db import Database
from servicekit.outbox import Relay
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from support.databases import Databases, connect
from support.driver_faults import Killed, Steps, cancelling, cut, killed, stepping
from support.eventually import eventually
from support.ingesting import Ingestor, connect_cabinet, open_ingestor
from support.outbox_rows import published
from support.rows import rows
from support.tcp_proxy import proxied
from support.things import NOW, new_run
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")

FAULTS = ("killed", "cancelled", "cut")
ENDED = (Killed, asyncio.CancelledError, asyncpg.PostgresError, asyncpg.InterfaceError, SQLAlchemyError, OSError)
TABLES = ("orders", "orders_history", "stocks", "quarantine", "sync_seen", "sync_state", "outbox")


async def dump(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Everything a page may write, but when it was written."""
    when = {"changed_at", "first_seen_at", "last_seen_at", "lease_until", "created_at", "id", "traceparent"}
    found = {}
    for table in TABLES:
        listed = [
            {k: v for k, v in row.items() if k not in when} for row in await rows(database, f"SELECT * FROM {table}")
        ]
        for row in listed:
            if "body" in row and table == "outbox":
                row["body"] = sorted(map(json.dumps, next(iter(json.loads(row["body"])["data"].values()))))
        found[table] = sorted(listed, key=str)
    return found


async def assert_each_revision_is_told_once(database: Database, table: str, key: str) -> None:
    """Of every row all revisions, each in one event only."""
    told = [
        (str(row[key]), row["revision"])
        for event in await rows(database, "SELECT body FROM outbox WHERE type = :type", type=f"{table}.updated.v1")
        for row in json.loads(event["body"])["data"][table]
    ]
    stored = await rows(database, f"SELECT {key} AS key, revision FROM {table}")
    expected = [(str(row["key"]), revision) for row in stored for revision in range(1, row["revision"] + 1)]
    assert sorted(told) == sorted(expected)


def an_order(n: int, **fields: Any) -> dict[str, Any]:
    at = "2026-11-20T10:00:00"
    return {"srid": f"s{n}", "nmId": 1, "date": at, "lastChangeDate": at, "totalPrice": 100, **fields}


def a_stock(n: int, **fields: Any) -> dict[str, Any]:
    return {"nmId": 1, "chrtId": n, "warehouseId": 1, "quantity": 5, **fields}


ORDERS_PAGES = (
    [an_order(n) for n in range(6)],
    [
        an_order(0),
        an_order(1, unknown=1),
        *(an_order(n, totalPrice=5) for n in (2, 3, 4)),
        *(an_order(n) for n in (7, 8, 9)),
        an_order(10, totalPrice="five"),
    ],
)
STOCKS_PAGES = (
    {"data": {"items": [a_stock(n) for n in range(6)]}},
    {"data": {"items": [a_stock(0), *(a_stock(n, quantity=7) for n in (1, 2)), *(a_stock(n) for n in (7, 8))]}},
)
CASES: dict[str, tuple[Resource, Any, str]] = {
    "orders": (orders.RESOURCE, ORDERS_PAGES, "srid"),
    "stocks": (stocks.RESOURCE, STOCKS_PAGES, "chrt_id"),
}
POSITION = {
    "at": "2026-11-01T00:00:00+00:00", "days": [], "uncut": 0, "rows": 0, "rows_at": 0, "thorough": True,
    "watermark": None, "offset": 0, "limit": 1000, "complete": True,
}  # fmt: skip


@pytest.fixture
async def steps(ingestor_db: Database) -> AsyncIterator[Steps]:
    async with stepping(ingestor_db) as made:
        yield made


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_page_is_taken_in_whole_or_not_at_all_whatever_happens_at_any_step(
    ingestor_db: Database, databases: Databases, steps: Steps, name: str, fault: str
) -> None:
    resource, (first, second), key = CASES[name]
    run = await new_run(ingestor_db, resource)
    await take_in(ingestor_db, run, POSITION, json.dumps(first).encode(), NOW)
    before = await dump(ingestor_db)
    visited: list[str] = []
    attempt: asyncio.Task[Any]
    faults = {"killed": killed, "cancelled": cancelling(lambda: attempt), "cut": cut(databases.admin_url)}
    for number in count(1):
        run = await new_run(ingestor_db, resource)
        assert await _without_lease(ingestor_db) == _stripped(before)
        steps.at(faults[fault], number)
        attempt = asyncio.create_task(take_in(ingestor_db, run, POSITION, json.dumps(second).encode(), NOW))
        done, _ = await asyncio.wait([attempt], timeout=60)
        assert done, "it hangs"
        if attempt.cancelled() or attempt.exception() is not None:
            assert attempt.cancelled() or isinstance(attempt.exception(), ENDED)
            visited.append(steps.passed[number - 1])
            # One cancelled while it commits may have done so.
            is_as_before = await _without_lease(ingestor_db) == _stripped(before)
            assert is_as_before or visited[-1].startswith("COMMIT"), visited[-1]
            if is_as_before:
                continue
        else:
            # Only what is over cannot be cut off.
            assert steps.fault is not None or steps.passed[number - 1] == "COMMITTED"
        break
    steps.fault = None
    assert {"COMMIT;", "COPY outbox", f"COPY {name}", f"rows of {name}", f"COPY staged_{name}"} <= set(visited)
    assert any(step.startswith(f"UPDATE {name}") for step in visited)
    after = await _without_lease(ingestor_db)
    run = await new_run(ingestor_db, resource)
    await take_in(ingestor_db, run, POSITION, json.dumps(second).encode(), NOW)
    again = await _without_lease(ingestor_db)
    seen = {"quarantine", "sync_state"}  # which count how often
    assert {t: r for t, r in again.items() if t not in seen} == {t: r for t, r in after.items() if t not in seen}
    await assert_each_revision_is_told_once(ingestor_db, name, key)


async def _without_lease(database: Database) -> dict[str, list[dict[str, Any]]]:
    return _stripped(await dump(database))


def _stripped(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    leased = {"lease_token", "next_run_at"}
    return {t: [{k: v for k, v in row.items() if k not in leased} for row in listed] for t, listed in tables.items()}


async def logged(database: Database) -> list[dict[str, Any]]:
    return await rows(database, "SELECT * FROM sync_logs WHERE resource = 'orders' ORDER BY id")


async def assert_equals_truth(database: Database, wb: Wbsim) -> None:
    truth = {order["srid"]: order["row"] for order in (await wb.truth())["orders"]}
    stored = {row["srid"]: row for row in await rows(database, "SELECT * FROM orders")}
    assert stored.keys() == truth.keys()
    for srid, row in truth.items():
        assert stored[srid]["is_cancel"] == row["isCancel"]
        assert stored[srid]["last_change_at"] == datetime.fromisoformat(row["lastChangeDate"]).replace(tzinfo=MOSCOW)
    await assert_each_revision_is_told_once(database, "orders", "srid")


async def a_shop_with_changes(ingestor: Ingestor, wb: Wbsim) -> None:
    """Orders that were read before, of which some were cancelled since, and new ones."""
    placed = await wb.place_orders(count=4)
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    for order in placed[:2]:
        await wb.change_order(order["srid"], "cancel")
    await wb.place_orders(count=3)


POINTS = {
    "COPY of new rows": lambda step: step == "rows of orders",
    "COPY of changed rows": lambda step: step == "rows of staged_orders",
    "update": lambda step: step.startswith("UPDATE orders"),
    "COPY of history": lambda step: step == "COPY orders_history",
    "COPY of events": lambda step: step == "COPY outbox",
    "cursor": lambda step: step.startswith("UPDATE sync_state SET cursor"),
}


class TestPostgresqlCutsTheConnection:
    @pytest.mark.parametrize("point", POINTS)
    async def test_the_run_says_so_counts_no_failure_and_the_next_makes_up_for_it(
        self, ingestor: Ingestor, wb: Wbsim, databases: Databases, point: str
    ) -> None:
        await a_shop_with_changes(ingestor, wb)
        async with stepping(ingestor.database) as steps:
            steps.arm(cut(databases.admin_url), POINTS[point])
            [next_in] = await ingestor.sync("orders")
        assert steps.fault is None, "it did happen"
        assert next_in is not None
        assert next_in <= OUTAGE_SECONDS
        line = (await logged(ingestor.database))[-1]
        assert (line["outcome"], line["pages"], line["requests"], line["rows_new"]) == ("paused", 0, 1, 0)
        assert line["error"].endswith("in Pulse")
        [state] = await rows(ingestor.database, "SELECT * FROM sync_state WHERE resource = 'orders'")
        assert (state["failures"], state["lease_token"]) == (0, None)
        await ingestor.sync("orders")
        line = (await logged(ingestor.database))[-1]
        assert (line["outcome"], line["rows_new"], line["rows_changed"]) == ("completed", 3, 2)
        await assert_equals_truth(ingestor.database, wb)

    async def test_a_commit_whose_answer_is_lost_is_not_made_twice(
        self, ingestor: Ingestor, wb: Wbsim, databases: Databases
    ) -> None:
        await a_shop_with_changes(ingestor, wb)

        async def lost(connection: asyncpg.Connection) -> None:
            await cut(databases.admin_url)(connection)
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

        async with stepping(ingestor.database) as steps:
            steps.arm(lost, lambda step: step == "COMMITTED" and "COPY outbox" in steps.passed)
            await ingestor.sync("orders")
        assert steps.fault is None
        assert (await logged(ingestor.database))[-1]["outcome"] == "paused"
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 7, "it was made"
        await ingestor.sync("orders")
        line = (await logged(ingestor.database))[-1]
        assert (line["outcome"], line["rows_new"], line["rows_changed"]) == ("completed", 0, 0)
        await assert_equals_truth(ingestor.database, wb)

    async def test_in_the_middle_of_the_update_itself(
        self, ingestor: Ingestor, wb: Wbsim, databases: Databases
    ) -> None:
        await a_shop_with_changes(ingestor, wb)
        schema = (await rows(ingestor.database, "SELECT current_schema() AS name"))[0]["name"]
        blocker = await asyncpg.connect(databases.admin_url)
        admin = await asyncpg.connect(databases.admin_url)
        try:
            async with blocker.transaction():
                await blocker.execute(f"SELECT 1 FROM {schema}.orders FOR UPDATE")
                syncing = asyncio.create_task(ingestor.sync("orders"))

                async def waits_in_the_update() -> bool:
                    killed = await admin.fetchval("""
                        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                        WHERE wait_event_type = 'Lock' AND query LIKE '%UPDATE orders AS t%' AND state = 'active'
                    """)
                    return bool(killed)

                await eventually(waits_in_the_update)
                await syncing
        finally:
            await blocker.close()
            await admin.close()
        assert (await logged(ingestor.database))[-1]["outcome"] == "paused"
        await ingestor.sync("orders")
        await assert_equals_truth(ingestor.database, wb)

    async def test_for_good_the_work_is_taken_over_at_once(
        self,
        ingestor: Ingestor,
        wb: Wbsim,
        databases: Databases,
        redis_client: "redis.asyncio.Redis",
        redis_prefix: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await a_shop_with_changes(ingestor, wb)
        stored = store_module.store
        async with proxied(databases.urls["ingestor"]) as proxy:
            far = connect(proxy.url)

            async def cut_off(*arguments: Any) -> None:
                monkeypatch.setattr(page_module, "store", stored)
                proxy.is_open = False
                assert proxy.cut()
                await stored(*arguments)

            async with open_ingestor(far, redis_client, redis_prefix, wb.url) as other:
                await _due(ingestor.database)
                [lease] = [lease for lease in await other.parts.engine.claim(10) if lease.resource == "orders"]
                monkeypatch.setattr(page_module, "store", cut_off)
                run = asyncio.create_task(other.parts.engine.run(lease))
                # It may be stopped for its lease before it learns that it cannot write.
                await asyncio.wait([run], timeout=60)
                assert run.cancelled() or run.exception() is not None
            await far.close()
        assert len(await logged(ingestor.database)) == 1, "nobody could write of it"

        async def taken_over() -> bool:
            return bool(await ingestor.sync("orders"))

        await eventually(taken_over)
        await assert_equals_truth(ingestor.database, wb)


async def _due(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET next_run_at = now()"))


class TestRedisIsGone:
    async def test_in_the_middle_of_a_run_it_goes_on_by_what_the_process_knows(
        self,
        ingestor_db: Database,
        servers: Servers,
        redis_prefix: str,
        wb: Wbsim,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await wb.settings(page_rows=2)
        await wb.place_orders(count=7)
        async with proxied(servers.redis_url) as proxy:
            client = redis.asyncio.from_url(proxy.url, decode_responses=True)
            async with open_ingestor(ingestor_db, client, redis_prefix, wb.url) as ingestor:
                await connect_cabinet(ingestor, wb)
                stored = store_module.store
                pages: list[Any] = []

                async def then_gone(*arguments: Any) -> Sequence[int]:
                    differing = await stored(*arguments)
                    pages.append(arguments)
                    if len(pages) == 2:
                        proxy.is_open = False
                        assert proxy.cut()
                    return differing

                monkeypatch.setattr(page_module, "store", then_gone)
                await ingestor.sync("orders")
                assert len(pages) > 3
                [line] = await logged(ingestor_db)
                assert (line["outcome"], line["rows_new"]) == ("completed", 7)
                await assert_equals_truth(ingestor_db, wb)
                proxy.is_open = True
                await wb.place_orders(count=1)
                await ingestor.sync("orders")
                await assert_equals_truth(ingestor_db, wb)
            await client.aclose()


class TestRabbitmqIsGone:
    async def test_the_outbox_keeps_what_is_stored_until_it_is_back(
        self, ingestor: Ingestor, wb: Wbsim, rabbitmq_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("servicekit.broker.CONFIRM_TIMEOUT_SECONDS", 0.3)
        database = ingestor.database
        async with proxied(rabbitmq_url) as proxy:
            broker = make_broker(proxy.url, "ingestor")
            await broker.connect()
            await broker.start()
            try:
                async with running({"outbox.relay": Relay(database, event_publisher(broker)).run}):
                    proxy.is_open = False
                    proxy.cut()
                    await a_shop_with_changes(ingestor, wb)
                    await ingestor.sync("orders")
                    assert {line["outcome"] for line in await logged(database)} == {"completed"}

                    async def refused() -> bool:
                        return bool(await rows(database, "SELECT 1 FROM outbox WHERE attempts > 0"))

                    await eventually(refused)
                    assert await rows(database, "SELECT 1 FROM outbox WHERE sent_at IS NOT NULL") == []
                    proxy.is_open = True

                    async def all_sent() -> bool:
                        return not await rows(database, "SELECT 1 FROM outbox WHERE sent_at IS NULL")

                    await eventually(all_sent)
            finally:
                await broker.stop()
        await assert_equals_truth(database, wb)
        events = {event.id for event in await published(database, "orders.updated.v1")}
        arrived = []
        async with await aio_pika.connect(rabbitmq_url) as connection:
            channel = await connection.channel()
            queue = await channel.get_queue(REPORTER_ORDERS.name, ensure=False)
            while (message := await queue.get(fail=False, no_ack=True)) is not None:
                arrived.append(json.loads(message.body))
        assert {body["id"] for body in arrived if body["type"] == "orders.updated.v1"} == set(map(str, events))
