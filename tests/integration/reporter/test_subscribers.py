"""The cache is told after the commit, on every delivery, and its absence stops nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
import redis.asyncio
from contracts.envelope import Event
from contracts.orders import OrdersUpdatedV1
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import tags
from reporter.handlers.orders_updated import orders_updated as on_orders
from reporter.subscribers import invalidation
from servicekit.cache import Cache, connect_redis
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.reporting import NOON, an_order, orders_updated
from support.rows import all_rows

from contracts import cache_keys, topics


async def fold_today(connection: AsyncConnection, event: Event[Any]) -> None:
    await on_orders(connection, event, NOON)


def consumer(database: Database, cache: Cache, handler: Handler) -> Callable[[Event[Any]], Awaitable[Any]]:
    """What the subscriber makes of the orders' handler."""
    locks = CabinetLocks()
    return partial(
        handle_once,
        database,
        topics.REPORTER_ORDERS,
        {OrdersUpdatedV1: handler},
        lock=lambda event: locks.of(event.cabinetid),
        after_commit=invalidation(cache, tags.of_orders),
    )


class WatchedCache(Cache):
    """A real cache that notes what others could see in the database when it was told."""

    def __init__(self, client: "redis.asyncio.Redis", prefix: str, database: Database) -> None:
        super().__init__(client, prefix=prefix)
        self._database = database
        self.told: list[tuple[set[str], int]] = []

    async def invalidate(self, tags: Any) -> bool:
        async with self._database.transaction() as connection:
            visible = await connection.scalar(text("SELECT count(*) FROM order_facts"))
        self.told.append((set(tags), int(visible or 0)))
        return await super().invalidate(tags)


@pytest.fixture
def cache(redis_client: "redis.asyncio.Redis", redis_prefix: str, reporter_db: Database) -> WatchedCache:
    return WatchedCache(redis_client, redis_prefix, reporter_db)


async def test_the_cache_is_told_once_others_can_see_the_rows(
    reporter_db: Database, cabinet_id: UUID, cache: WatchedCache
) -> None:
    order = an_order(cabinet_id)
    await consumer(reporter_db, cache, fold_today)(orders_updated(cabinet_id, order))
    [(tags, visible)] = cache.told
    assert visible == 1
    assert tags == {cache_keys.cabinet_orders_tag(cabinet_id)}


async def test_a_repeated_delivery_tells_the_cache_again(
    reporter_db: Database, cabinet_id: UUID, cache: WatchedCache
) -> None:
    handle = consumer(reporter_db, cache, fold_today)
    event = orders_updated(cabinet_id, an_order(cabinet_id))
    await handle(event)
    await handle(event)
    assert cache.told[0] == cache.told[1]


async def test_what_failed_to_commit_tells_nobody(reporter_db: Database, cabinet_id: UUID, cache: WatchedCache) -> None:
    async def fail(connection: AsyncConnection, event: Event[Any]) -> None:
        await fold_today(connection, event)
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError, match="went away"):
        await consumer(reporter_db, cache, fail)(orders_updated(cabinet_id, an_order(cabinet_id)))
    assert cache.told == []
    assert await all_rows(reporter_db, "order_facts") == []


async def test_a_reader_sees_the_new_value_after_the_event(
    reporter_db: Database, cabinet_id: UUID, cache: WatchedCache
) -> None:
    handle = consumer(reporter_db, cache, fold_today)
    order = an_order(cabinet_id)
    key = cache_keys.order(order.order_id)

    async def read() -> str:
        async def load() -> str:
            return str((await all_rows(reporter_db, "order_facts"))[0]["price_with_disc"])

        return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

    await handle(orders_updated(cabinet_id, order))
    assert await read() == "100.0000"
    await handle(orders_updated(cabinet_id, an_order(cabinet_id, price="90", revision=2)))
    assert await read() == "90.0000"


async def test_without_redis_folding_goes_on(reporter_db: Database, cabinet_id: UUID) -> None:
    nobody_there = connect_redis("redis://127.0.0.1:1/0")
    await consumer(reporter_db, Cache(nobody_there), fold_today)(orders_updated(cabinet_id, an_order(cabinet_id)))
    assert len(await all_rows(reporter_db, "order_facts")) == 1
    await nobody_there.aclose()


async def test_a_delivery_that_is_repeated_once_redis_is_back_tells_it(
    reporter_db: Database, cabinet_id: UUID, cache: WatchedCache
) -> None:
    order, changed = an_order(cabinet_id), an_order(cabinet_id, price="90", revision=2, change="changed")
    key = cache_keys.cabinet_orders_tag(cabinet_id)

    async def read() -> str:
        async def load() -> str:
            return str((await all_rows(reporter_db, "order_facts"))[0]["price_with_disc"])

        return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

    await consumer(reporter_db, cache, fold_today)(orders_updated(cabinet_id, order))
    assert await read() == "100.0000"
    nobody_there, event = connect_redis("redis://127.0.0.1:1/0"), orders_updated(cabinet_id, changed)
    await consumer(reporter_db, Cache(nobody_there), fold_today)(event)
    await nobody_there.aclose()
    assert await read() == "100.0000"
    await consumer(reporter_db, cache, fold_today)(event)
    assert await read() == "90.0000"


async def test_a_busy_cabinet_takes_one_connection(
    reporter_db: Database, cabinet_id: UUID, cache: WatchedCache
) -> None:
    inside, most = 0, 0

    async def count(connection: AsyncConnection, event: Event[Any]) -> set[str]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await connection.execute(text("SELECT 1"))
        inside -= 1
        return set()

    handle = consumer(reporter_db, cache, count)
    await asyncio.gather(*(handle(orders_updated(cabinet_id, an_order(cabinet_id, str(n)))) for n in range(8)))
    assert most == 1


async def test_cabinets_do_not_wait_for_one_another(reporter_db: Database, cache: WatchedCache) -> None:
    both = asyncio.Barrier(2)

    async def meet(connection: AsyncConnection, event: Event[Any]) -> set[str]:
        await asyncio.wait_for(both.wait(), 60)
        return set()

    handle = consumer(reporter_db, cache, meet)
    await asyncio.gather(*(handle(orders_updated(cabinet, an_order(cabinet))) for cabinet in (uuid4(), uuid4())))
    assert len(cache.told) == 2
