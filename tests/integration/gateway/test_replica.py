"""Reads go to a replica only when it has everything that was there when they began, and to the primary otherwise."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from gateway import replica
from gateway.reading import ReadPool
from gateway.replica import REPLICA_READS, Reads
from local.servers import Servers
from reporter.tables import order_facts
from servicekit.db import Database
from support.databases import Databases
from support.gateway import built_gateway
from support.replica import Replica, replica_of
from support.stored_orders import snapshot, store

from contracts import cache_keys

LONG_WAITS = (0.0, *[0.05] * 400)
"""For a replica that is to be read, however slow the machine is."""


@pytest.fixture(scope="module")
async def standby(
    servers: Servers, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Replica]:
    """A replica of this session's server."""
    await (await databases.connect("gateway")).close()
    folder = tmp_path_factory.mktemp("replica")
    async with replica_of(servers.database_url, Path(folder)) as running:
        yield running


@pytest.fixture
async def reads(databases: Databases, standby: Replica, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Reads]:
    """Of the gateway, on both; the primary's table of users is empty."""
    monkeypatch.setattr(replica, "LEFT_ALONE_SECONDS", 0.0)
    await (await databases.connect("gateway")).close()
    url = databases.urls["gateway"]
    made = Reads(read_pool(url), read_pool(standby.url(url)))
    yield made
    await made.aclose()


def outcomes() -> dict[str, float]:
    return {
        sample.labels["outcome"]: sample.value
        for metric in REPLICA_READS.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    }


def read_pool(url: str) -> ReadPool:
    return ReadPool(url, size=4, timeout_seconds=30)


async def add_user(reads: Reads, telegram_id: int) -> None:
    await reads.primary.value(f"INSERT INTO users (telegram_id) VALUES ({telegram_id})")


async def users(reads: Reads) -> int:
    async with reads.showing([]) as shown:
        [row] = await shown.rows("SELECT count(*) AS users FROM users", {})
    return int(row["users"])


async def test_whoever_wrote_sees_it_wherever_it_is_read(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    before = outcomes()
    for number in range(1, 31):
        await add_user(reads, number)
        assert await users(reads) == number
    now = outcomes()
    assert sum(now.values()) - sum(before.values()) == 30
    # As far as it could be waited for; one that is in time is read from.
    monkeypatch.setattr(replica, "WAITS_SECONDS", (0.0, *[0.1] * 100))
    assert await users(reads) == 30
    assert outcomes()["replica"] == now["replica"] + 1


async def test_one_that_is_behind_is_not_read(reads: Reads, standby: Replica) -> None:
    await standby.hold()
    try:
        before = outcomes()
        await add_user(reads, 1)
        assert await users(reads) == 1
        assert outcomes()["behind"] == before["behind"] + 1
    finally:
        await standby.go_on()


async def test_readers_and_a_writer_race(reads: Reads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "WAITS_SECONDS", (0.0, *[0.05] * 20))
    written, is_over = 0, False

    async def read() -> int:
        looks = 0
        while not is_over:
            came_after = written
            assert await users(reads) >= came_after
            looks += 1
        return looks

    readers = [asyncio.create_task(read()) for _ in range(3)]
    before = outcomes()
    for number in range(1, 41):
        await add_user(reads, number)
        written = number
    is_over = True
    assert all(await asyncio.gather(*readers))
    assert outcomes()["replica"] > before["replica"]


async def test_after_one_was_behind_it_is_left_alone(
    reads: Reads, standby: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "LEFT_ALONE_SECONDS", 60.0)
    await standby.hold()
    try:
        before = outcomes()
        await add_user(reads, 1)
        assert [await users(reads) for _ in range(3)] == [1, 1, 1]
        assert (outcomes()["behind"], outcomes()["alone"]) == (before["behind"] + 1, before["alone"] + 2)
    finally:
        await standby.go_on()


async def test_without_one_the_primary_is_read(databases: Databases) -> None:
    await (await databases.connect("gateway")).close()
    before = outcomes()
    reads = Reads(read_pool(databases.urls["gateway"]))
    await add_user(reads, 1)
    assert (await users(reads), outcomes()) == (1, before)
    await reads.aclose()


async def test_what_breaks_while_reading_is_told(reads: Reads) -> None:
    with pytest.raises(LookupError):
        async with reads.showing([]):
            raise LookupError
    assert await users(reads) == 0


async def test_a_replica_that_breaks_while_it_is_read_is_not_missed(
    reads: Reads, standby: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "WAITS_SECONDS", LONG_WAITS)
    await add_user(reads, 1)
    before = outcomes()
    async with reads.showing([]) as shown:
        [own] = await shown.rows("SELECT pg_backend_pid() AS pid, pg_is_in_recovery() AS is_replica", {})
        assert own["is_replica"]
        await standby.cut(own["pid"])
        for _ in range(2):
            [row] = await shown.rows("SELECT count(*) AS users, pg_is_in_recovery() AS is_replica FROM users", {})
            assert dict(row) == {"users": 1, "is_replica": False}
    after = outcomes()
    assert after == before | {"replica": before["replica"] + 1, "away": before["away"] + 1}
    assert await users(reads) == 1


async def test_a_statement_that_takes_too_long_or_is_wrong_is_not_tried_at_the_primary_too(
    reads: Reads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "WAITS_SECONDS", LONG_WAITS)
    before = outcomes()
    async with reads.showing([]) as shown:
        await shown.rows("SELECT set_config('statement_timeout', '10', true)", {})
        with pytest.raises(asyncpg.QueryCanceledError):
            await shown.rows("SELECT pg_sleep(30)", {})
    async with reads.showing([]) as shown:
        with pytest.raises(asyncpg.UndefinedTableError):
            await shown.rows("SELECT FROM nothing", {})
    assert outcomes() == before | {"replica": before["replica"] + 2}


async def test_an_answer_that_is_kept_was_not_made_from_what_was_replaced(
    databases: Databases,
    reporter_db: Database,
    ingestor_db: Database,
    servers: Servers,
    redis_prefix: str,
    vhost_url: str,
    standby: Replica,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replica, "LEFT_ALONE_SECONDS", 0.0)
    monkeypatch.setattr(replica, "WAITS_SECONDS", (0.0, *[0.05] * 40))
    primary = await databases.connect("gateway")
    async with built_gateway(
        primary,
        redis_url=servers.redis_url,
        redis_prefix=redis_prefix,
        rabbitmq_url=vhost_url,
        replica_url=standby.url(databases.urls["gateway"]),
    ) as gateway:
        alice = await gateway.user(1001)
        cabinet = await alice.connect()
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        before = outcomes()
        for path in ("/orders", f"/orders/{order.order_id}", "/products", "/alerts", "/digests"):
            assert (await alice.get(path)).status_code == 200, path
        assert outcomes()["replica"] == before["replica"] + 5
        monkeypatch.setattr(replica, "WAITS_SECONDS", (0.0,))
        await standby.hold()
        try:
            async with reporter_db.transaction() as connection:
                await connection.execute(order_facts.update().values(revision=2))
            await gateway.app.state.parts.cache.invalidate([cache_keys.order(order.order_id)])
            for source in ("database", "cache"):
                answer = (await alice.get(f"/orders/{order.order_id}")).json()
                assert (answer["data"]["revision"], answer["meta"]["source"]) == (2, source)
        finally:
            await standby.go_on()
    await primary.close()


async def test_one_that_is_away_is_not_missed(reads: Reads, standby: Replica) -> None:
    """The last: it ends the replica."""
    await standby.end()
    before = outcomes()
    await add_user(reads, 1)
    assert await users(reads) == 1
    assert outcomes()["away"] == before["away"] + 1
