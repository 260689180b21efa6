"""Reads that are kept: what a hit costs, who is never given it, and when it is made anew."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from gateway import orders as gateway_orders
from gateway.__main__ import cli
from gateway.answers import pipeline, remembered
from gateway.lists import Page
from local.servers import Servers
from servicekit import clock
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text
from support import databases
from support.driver_log import sent
from support.eventually import eventually
from support.gateway import Gateway, User, built_gateway
from support.plans import noted
from support.redis_log import round_trips
from support.stored_orders import minutes_apart, snapshot, store
from support.tcp_proxy import Proxy, proxied
from typer.testing import CliRunner

from contracts import cache_keys


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


@pytest.fixture
async def order_id(cabinet: UUID, reporter_db: Database) -> UUID:
    """An order of hers."""
    order = snapshot(cabinet)
    await store(reporter_db, cabinet, [order])
    return order.order_id


@pytest.fixture
def cache(gateway: Gateway) -> Cache:
    """As whoever changes something holds it."""
    made: Cache = gateway.app.state.parts.cache
    return made


def source(answer: httpx.Response) -> tuple[str, str]:
    return answer.headers["X-Cache"], answer.json()["meta"]["source"]


def lasting(answer: httpx.Response) -> dict[str, str]:
    """The headers that are the same however often it is asked for."""
    return {k: v for k, v in answer.headers.items() if k not in ("x-cache", "content-length", "ratelimit")}


HIT, MISS = ("hit", "cache"), ("miss", "database")


class TestHit:
    async def test_costs_one_round_trip_to_redis_and_no_statement(
        self, gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database, order_id: UUID
    ) -> None:
        await store(reporter_db, cabinet, minutes_apart(cabinet, 3))
        paths = ("/orders", f"/orders/{order_id}", "/cabinets", f"/cabinets/{cabinet}/tax")
        first = [await alice.get(path) for path in paths]
        assert [source(answer) for answer in first] == [MISS] * len(paths)
        with round_trips() as trips:
            async with sent(gateway.database) as statements:
                with noted(gateway) as reads:
                    second = [await alice.get(path) for path in paths]
        assert [source(answer) for answer in second] == [HIT] * len(paths)
        assert (len(trips), statements, reads.statements) == (len(paths), [], [])
        for made, kept in zip(first, second, strict=True):
            assert made.json()["data"] == kept.json()["data"]
            assert lasting(made) == lasting(kept)
            assert kept.headers["RateLimit"].startswith('"key";r=')
            meta = kept.json()["meta"]
            assert (meta["as_of"], meta["stale"]) == (made.json()["meta"]["as_of"], False)

    async def test_a_miss_costs_two_a_look_and_what_keeps_it(
        self, gateway: Gateway, alice: User, cabinet: UUID, order_id: UUID
    ) -> None:
        await alice.get("/orders", limit=1)  # who may see what is remembered
        for path in (f"/orders/{order_id}", "/orders", "/products", "/stocks", "/analytics/performance?period=7"):
            with round_trips() as trips:
                assert source(await alice.call("GET", path)) == MISS
            assert len(trips) == 2, path

    async def test_many_who_ask_together_cost_one_reading(
        self, alice: User, order_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reads, page = 0, gateway_orders.page

        async def counted(*arguments: Any) -> Page[Any]:
            nonlocal reads
            reads += 1
            await asyncio.sleep(0.05)
            return await page(*arguments)

        # Connections are opened before: a machine that is busy may not open many within the half second that Redis has.
        await asyncio.gather(*(alice.get("/cabinets") for _ in range(8)))
        monkeypatch.setattr(gateway_orders, "page", counted)
        answers = await asyncio.gather(*(alice.get("/orders") for _ in range(8)))
        assert [len(answer.json()["data"]) for answer in answers] == [1] * 8
        assert reads == 1

    async def test_what_the_client_has_is_not_sent_again_until_it_changes(
        self, alice: User, cabinet: UUID, cache: Cache, reporter_db: Database, order_id: UUID
    ) -> None:
        etag = (await alice.get("/orders")).headers["ETag"]
        for name in (etag, f'"other", {etag}', "*"):
            known = await alice.call("GET", "/orders", headers={"If-None-Match": name})
            assert (known.status_code, known.content, known.headers["X-Cache"]) == (304, b"", "hit")
        assert (await alice.call("GET", "/orders", headers={"If-None-Match": '"other"'})).status_code == 200
        await cache.invalidate([cache_keys.cabinet_orders_tag(cabinet)])
        anew = await alice.call("GET", "/orders", headers={"If-None-Match": etag})
        assert (anew.status_code, anew.headers["X-Cache"], anew.headers["ETag"]) == (304, "miss", etag)
        await store(reporter_db, cabinet, [snapshot(cabinet)])
        await cache.invalidate([cache_keys.cabinet_orders_tag(cabinet)])
        changed = await alice.call("GET", "/orders", headers={"If-None-Match": etag})
        assert (changed.status_code, len(changed.json()["data"])) == (200, 2)

    async def test_an_entry_that_is_none_of_ours_is_made_over(self, alice: User, order_id: UUID, cache: Cache) -> None:
        key = cache_keys.answer(alice.telegram_id, "/api/v1/orders")
        members = cache_keys.members_tag(alice.telegram_id)
        for body in (b"", b"{}\n[]", b"[1]\n[]", b"not json\n[]"):
            await cache.keep(key, body, versions=await cache.versions([members]), ttl_seconds=60)
            assert source(await alice.get("/orders")) == MISS
            assert source(await alice.get("/orders")) == HIT

    async def test_a_question_too_long_is_answered_and_not_kept(self, alice: User, order_id: UUID) -> None:
        for _ in range(2):
            assert source(await alice.get("/orders", warehouse="Ж" * 100)) == MISS


class TestTenants:
    async def test_what_one_user_was_answered_is_never_given_to_another(
        self, gateway: Gateway, alice: User, bob: User, cabinet: UUID, order_id: UUID
    ) -> None:
        key = await gateway.key(None)
        users = [User(gateway, user.telegram_id, key) for user in (alice, bob)]
        paths = ("/orders", f"/orders/{order_id}", "/cabinets", f"/cabinets/{cabinet}", f"/cabinets/{cabinet}/costs")

        async def ask(user: User, path: str) -> httpx.Response:
            return await user.call("GET", path, headers={"X-Telegram-User-Id": str(user.telegram_id)})

        for _ in range(2):
            for path in paths:
                hers, his = [await ask(user, path) for user in users]
                assert str(cabinet) in hers.text or path.endswith("/costs"), path
                assert str(cabinet) not in his.text.replace(f'"instance":"/api/v1{path}"', "")
                assert his.status_code == (200 if path in ("/orders", "/cabinets") else 404)

    async def test_a_key_that_may_not_read_is_given_nothing_that_is_kept(
        self, gateway: Gateway, alice: User, order_id: UUID
    ) -> None:
        assert (await alice.get("/orders")).status_code == 200
        writer = User(gateway, alice.telegram_id, await gateway.key(alice.telegram_id, scopes=("write",)))
        assert (await writer.get("/orders")).status_code == 403

    async def test_a_key_expires_though_it_is_remembered(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        expires_at = clock.now() + timedelta(minutes=5)
        user = User(gateway, alice.telegram_id, await gateway.key(alice.telegram_id, expires_at=expires_at))
        assert (await user.get("/orders")).status_code == 200
        wall = clock.wall
        monkeypatch.setattr(clock, "wall", lambda: wall() + 301)
        assert (await user.get("/orders")).status_code == 401


@pytest.fixture
async def twin(gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str) -> AsyncIterator[Gateway]:
    """Another process of the same gateway."""
    async with built_gateway(
        gateway.database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


class TestRefusedAtOnce:
    async def test_a_revoked_key_by_every_process(self, gateway: Gateway, twin: Gateway, alice: User) -> None:
        both = (alice, User(twin, alice.telegram_id, alice.key))
        assert [(await user.get("/orders")).status_code for user in (*both, *both)] == [200] * 4
        async with gateway.database.transaction() as connection:
            key_id = await connection.scalar(text("SELECT key_id FROM api_keys"))
        environment = {"DATABASE_URL": gateway.database.dsn, **gateway.redis_environment}
        arguments = ["keys", "revoke", str(key_id)]
        ended = await asyncio.to_thread(CliRunner().invoke, cli, arguments, env=environment)
        assert (ended.exit_code, ended.stderr) == (0, "")
        assert [(await user.get("/orders")).status_code for user in both] == [401] * 2

    async def test_a_key_whose_end_redis_was_not_told_of_within_a_minute(
        self, gateway: Gateway, alice: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (await alice.get("/orders")).status_code == 200
        async with gateway.database.transaction() as connection:
            key_id = await connection.scalar(text("SELECT key_id FROM api_keys"))
        environment = {"DATABASE_URL": gateway.database.dsn, "REDIS_URL": ""}
        arguments = ["keys", "revoke", str(key_id)]
        ended = await asyncio.to_thread(CliRunner().invoke, cli, arguments, env=environment)
        assert ended.exit_code == 0
        assert "60 s" in ended.stderr
        assert (await alice.get("/orders")).status_code == 200
        monotonic = remembered.monotonic
        monkeypatch.setattr(remembered, "monotonic", lambda: monotonic() + 61)
        assert (await alice.get("/orders")).status_code == 401

    async def test_a_removed_member_and_a_disconnected_cabinet(
        self, gateway: Gateway, twin: Gateway, alice: User, bob: User, cabinet: UUID, order_id: UUID, cache: Cache
    ) -> None:
        paths = ("/orders", f"/orders/{order_id}", f"/cabinets/{cabinet}", f"/cabinets/{cabinet}/costs")

        async def seen(user: User) -> list[bool]:
            answers = [await user.get(path) for path in paths]
            return [answer.status_code == 200 and "meta" in answer.json() and bool(answer.json()["data"] or
                    path.endswith("costs")) for path, answer in zip(paths, answers, strict=True)]  # fmt: skip

        async def member(statement: str) -> None:
            async with gateway.database.transaction() as connection:
                values = {"cabinet_id": cabinet, "user": bob.telegram_id}
                await connection.execute(text("INSERT INTO users VALUES (:user) ON CONFLICT DO NOTHING"), values)
                await connection.execute(text(statement), values)
            await cache.invalidate([cache_keys.members_tag(bob.telegram_id)])

        elsewhere = User(twin, bob.telegram_id, bob.key)
        assert await seen(bob) == [False] * 4
        await member("INSERT INTO cabinet_members VALUES (:cabinet_id, :user)")
        for _ in range(2):
            assert [await seen(user) for user in (alice, bob, elsewhere)] == [[True] * 4] * 3
        await member("DELETE FROM cabinet_members WHERE cabinet_id = :cabinet_id AND telegram_id = :user")
        assert [await seen(user) for user in (alice, bob, elsewhere)] == [[True] * 4, [False] * 4, [False] * 4]
        await member("INSERT INTO cabinet_members VALUES (:cabinet_id, :user)")
        assert await seen(elsewhere) == [True] * 4
        assert (await alice.call("DELETE", f"/cabinets/{cabinet}")).status_code == 204
        assert [await seen(user) for user in (alice, bob, elsewhere)] == [[False] * 4] * 3


class TestOutages:
    @pytest.fixture
    async def redis_door(self, servers: Servers) -> AsyncIterator[Proxy]:
        async with proxied(servers.redis_url) as door:
            yield door

    @pytest.fixture
    async def database_door(self, gateway: Gateway) -> AsyncIterator[Proxy]:
        async with proxied(gateway.database.dsn) as door:
            yield door

    async def test_redis_is_killed_and_comes_back(
        self,
        gateway: Gateway,
        alice: User,
        order_id: UUID,
        redis_door: Proxy,
        redis_prefix: str,
        vhost_url: str,
    ) -> None:
        async with built_gateway(
            gateway.database, redis_url=redis_door.url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
        ) as crippled:
            user = User(crippled, alice.telegram_id, alice.key)
            doomed = User(crippled, alice.telegram_id, await crippled.key(alice.telegram_id))
            assert [source(await user.get("/orders")) for _ in range(2)] == [MISS, HIT]
            assert (await doomed.get("/orders")).status_code == 200
            redis_door.is_open = False
            redis_door.cut()
            assert [source(await user.get("/orders")) for _ in range(2)] == [MISS, MISS]
            async with gateway.database.transaction() as connection:
                await connection.execute(
                    text("UPDATE api_keys SET revoked_at = now() WHERE key_hash = sha256(convert_to(:key, 'UTF8'))"),
                    {"key": doomed.key},
                )
            assert (await doomed.get("/orders")).status_code == 401
            redis_door.is_open = True

            async def is_kept() -> bool:
                return source(await user.get("/orders")) == HIT

            await eventually(is_kept)

    async def test_while_the_database_is_away_what_is_kept_is_answered_and_the_rest_refused(
        self,
        gateway: Gateway,
        alice: User,
        order_id: UUID,
        database_door: Proxy,
        servers: Servers,
        redis_prefix: str,
        vhost_url: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        database = databases.connect(database_door.url)
        async with built_gateway(
            database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
        ) as crippled:
            user = User(crippled, alice.telegram_id, alice.key)
            etag = (await user.get("/orders")).headers["ETag"]
            database_door.is_open = False
            database_door.cut()
            assert source(await user.get("/orders")) == HIT
            for refused in (await user.get(f"/orders/{order_id}"), await user.call("DELETE", f"/cabinets/{order_id}")):
                assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
                assert refused.headers["Retry-After"] == "5"
                assert len(refused.json()["trace_id"]) == 32
            unknown = await User(crippled, 1, "pulse_unknown").get("/orders")
            assert unknown.status_code == 503
            # The answer is past its time, and so is what is remembered of the key.
            wall, monotonic = clock.wall, remembered.monotonic
            monkeypatch.setattr(clock, "wall", lambda: wall() + cache_keys.TTL_ORDERS_SECONDS + 1)
            monkeypatch.setattr(remembered, "monotonic", lambda: monotonic() + 61)
            past = await user.get("/orders")
            assert source(past) == ("hit", "cache")
            assert past.json()["meta"]["stale"] is True
            assert [UUID(order["order_id"]) for order in past.json()["data"]] == [order_id]
            known = await user.call("GET", "/orders", headers={"If-None-Match": etag})
            assert known.status_code == 304
            database_door.is_open = True
            assert source(await user.get("/orders")) == MISS
            assert (await user.get("/orders")).json()["meta"]["stale"] is False
        await database.close()


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    memory: remembered.Memory[int, str] = remembered.Memory()
    for key in (1, 2):
        memory.put(key, str(key), "v")
    assert memory.get(1) is not None
    memory.put(3, "3", "v")
    assert [memory.get(key) is not None for key in (1, 2, 3)] == [True, False, True]


async def test_reads_are_counted_by_what_answered_them(alice: User, order_id: UUID) -> None:
    def counts() -> list[float]:
        return [pipeline.READS.labels(outcome)._value.get() for outcome in ("hit", "made", "other")]

    before = counts()
    for path in ("/orders", "/orders", "/orders", f"/sync/status?sync_id={order_id}"):
        await alice.get(path)
    assert [after - then for after, then in zip(counts(), before, strict=True)] == [2, 1, 1]
