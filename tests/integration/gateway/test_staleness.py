"""Readers of two processes race with who changes what they read: nothing old is answered once it was invalidated."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import pytest
import redis.asyncio
from gateway import keys
from local.servers import Servers
from reporter.tables import order_facts
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text
from support.gateway import Gateway, User, built_gateway
from support.signing_in import sign_in
from support.stored_orders import snapshot, store

from contracts import cache_keys

CHANGES = 40
READERS = 3
"""In each process."""

FORGET = """
local keys = redis.call('KEYS', ARGV[1])
for i = 1, #keys do redis.call('DEL', keys[i]) end
return #keys
"""


@pytest.fixture
async def processes(
    gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str
) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """Two of one gateway: each remembers for itself, and they share a Redis and a database."""
    async with built_gateway(
        gateway.database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as twin:
        yield gateway, twin


class Race:
    """Counts changes that were invalidated; a reader who comes after one must not see what was before it."""

    def __init__(self) -> None:
        self.begun = 0
        self.done = 0
        self.is_over = False
        self.reads = 0
        self.hits = 0

    async def read(self, seen: Callable[[], Awaitable[tuple[int, bool]]]) -> None:
        while not self.is_over:
            came_after = self.done
            found, is_hit = await seen()
            assert found >= came_after
            self.reads += 1
            self.hits += is_hit

    async def run(
        self, change: Callable[[int], Awaitable[None]], readers: list[Callable[[], Awaitable[tuple[int, bool]]]]
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(self.read(reader))
            for number in range(1, CHANGES + 1):
                self.begun = number
                await change(number)
                self.done = number
                read_so_far = self.reads
                while self.reads < read_so_far + number % 3 * len(readers):  # noqa: ASYNC110  # it is they who run
                    await asyncio.sleep(0.001)
            self.is_over = True
        assert self.hits > 0
        assert self.reads > self.hits


async def test_no_reader_is_given_an_order_that_was_replaced_before_he_came(
    processes: tuple[Gateway, Gateway], alice: User, reporter_db: Database
) -> None:
    cabinet = await alice.connect()
    order = snapshot(cabinet)
    await store(reporter_db, cabinet, [order])
    cache: Cache = alice.gateway.app.state.parts.cache
    tags = [cache_keys.cabinet_orders_tag(cabinet), cache_keys.order(order.order_id)]

    async def change(number: int) -> None:
        async with reporter_db.transaction() as connection:
            await connection.execute(order_facts.update().values(revision=number + 1))
        await cache.invalidate(tags)

    def reader(user: User, path: str) -> Callable[[], Awaitable[tuple[int, bool]]]:
        async def seen() -> tuple[int, bool]:
            answer = await user.get(path)
            data = answer.json()["data"]
            revision = (data[0] if path == "/orders" else data)["revision"]
            return revision - 1, answer.headers["X-Cache"] == "hit"

        return seen

    await Race().run(
        change,
        [
            reader(User(process, alice.telegram_id, alice.key), path)
            for process in processes
            for path in ("/orders", f"/orders/{order.order_id}")
            for _ in range(READERS)
        ],
    )


async def test_a_redis_that_is_emptied_again_and_again_makes_nothing_old_nothing_refused_and_ends_no_session(
    processes: tuple[Gateway, Gateway], alice: User, reporter_db: Database, redis_client: redis.asyncio.Redis,
    redis_prefix: str,
) -> None:  # fmt: skip
    cabinet = await alice.connect()
    order = snapshot(cabinet)
    await store(reporter_db, cabinet, [order])
    cache: Cache = alice.gateway.app.state.parts.cache
    tags = [cache_keys.cabinet_orders_tag(cabinet), cache_keys.order(order.order_id)]
    session = await sign_in(alice.gateway, alice.telegram_id)
    race, emptied = Race(), 0

    async def change(number: int) -> None:
        async with reporter_db.transaction() as connection:
            await connection.execute(order_facts.update().values(revision=number + 1))
        await cache.invalidate(tags)

    def reader(process: Gateway) -> Callable[[], Awaitable[tuple[int, bool]]]:
        async def seen() -> tuple[int, bool]:
            answer = await User(process, alice.telegram_id, session.user.key).get("/orders")
            assert answer.status_code == 200, answer.text
            return answer.json()["data"][0]["revision"] - 1, answer.headers["X-Cache"] == "hit"

        return seen

    async def forget() -> None:
        """All that is ours is gone in one moment; on a server that others use too, only that.

        Readers are counted, and no time: on a slow machine too some are told what was kept.
        """
        nonlocal emptied
        while not race.is_over:
            emptied += await redis_client.eval(FORGET, 0, f"{redis_prefix}*") > 0
            read_so_far = race.reads
            while not race.is_over and race.reads < read_so_far + 2 * READERS:  # noqa: ASYNC110  # it is they who run
                await asyncio.sleep(0.001)

    forgetting = asyncio.create_task(forget())
    await race.run(change, [reader(process) for process in processes for _ in range(READERS)])
    await forgetting
    assert emptied > CHANGES / 4
    # Neither was anything of the session there: it goes on.
    body = {"refresh_token": session.refresh_token}
    refreshed = await alice.gateway.client.post("/api/v1/auth/refresh", json=body)
    assert refreshed.status_code == 200, refreshed.text


async def test_no_key_is_taken_that_was_revoked_before_it_came(processes: tuple[Gateway, Gateway], alice: User) -> None:
    await alice.connect()
    issued: list[tuple[UUID, str]] = []

    async def issue() -> None:
        async with alice.gateway.database.transaction() as connection:
            issued.append(await keys.create(connection, name="", telegram_id=alice.telegram_id, scopes=["read"]))

    await issue()

    async def change(number: int) -> None:
        """The newest key is ended, and another made."""
        await issue()
        async with alice.gateway.database.transaction() as connection:
            tag = await keys.revoke(connection, issued[number - 1][0])
        assert tag is not None
        await alice.gateway.app.state.parts.cache.invalidate([tag])

    def reader(process: Gateway) -> Callable[[], Awaitable[tuple[int, bool]]]:
        async def seen() -> tuple[int, bool]:
            tried = race.done  # whose end was not told when the reader came
            answer = await User(process, alice.telegram_id, issued[tried][1]).get("/cabinets")
            ended = await User(process, alice.telegram_id, issued[max(0, tried - 1)][1]).get("/cabinets")
            assert ended.status_code == (401 if tried else ended.status_code)
            return tried, answer.headers.get("X-Cache") == "hit"

        return seen

    race = Race()
    await race.run(change, [reader(process) for process in processes for _ in range(READERS)])


async def test_no_orders_are_shown_to_who_was_removed_before_he_came(
    processes: tuple[Gateway, Gateway], alice: User, bob: User, reporter_db: Database
) -> None:
    cabinet = await alice.connect()
    await store(reporter_db, cabinet, [snapshot(cabinet)])
    race, judged = Race(), 0
    values = {"cabinet_id": cabinet, "user": bob.telegram_id}
    async with bob.gateway.database.transaction() as connection:
        await connection.execute(text("INSERT INTO users VALUES (:user)"), values)

    async def change(number: int) -> None:
        """An odd number: he is a member; an even one: no more."""
        async with bob.gateway.database.transaction() as connection:
            await connection.execute(
                text("INSERT INTO cabinet_members VALUES (:cabinet_id, :user)")
                if number % 2
                else text("DELETE FROM cabinet_members WHERE cabinet_id = :cabinet_id AND telegram_id = :user"),
                values,
            )
        await bob.gateway.app.state.parts.cache.invalidate([cache_keys.members_tag(bob.telegram_id)])

    def reader(user: User) -> Callable[[], Awaitable[tuple[int, bool]]]:
        async def seen() -> tuple[int, bool]:
            nonlocal judged
            came_after = race.done
            answer = await user.get("/orders")
            if race.begun == came_after:  # else both are right: he is let in, or out, just now
                assert len(answer.json()["data"]) == came_after % 2
                judged += 1
            return came_after, answer.headers["X-Cache"] == "hit"

        return seen

    await race.run(change, [reader(User(process, bob.telegram_id, bob.key)) for process in processes for _ in range(3)])
    assert judged > CHANGES
