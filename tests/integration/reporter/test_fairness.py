"""One cabinet's events hold up no other's, however many there are and whatever they wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import pytest
import redis.asyncio
from contracts.envelope import Event, Origin
from faststream.rabbit import RabbitBroker
from reporter import cabinets
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import tags
from reporter.figures.pacing import Pace
from reporter.subscribers import subscribe
from servicekit.broker import event_publisher, make_broker
from servicekit.cache import Cache
from servicekit.crowd import SHARE
from servicekit.db import Database
from support.databases import Databases, connect
from support.eventually import eventually
from support.outbox_rows import row_of
from support.reporting import NOON, a_stock, an_order, orders_updated, products_updated, stocks_updated
from support.rows import all_rows

from contracts import topics

FLOOD = 2 * topics.REPORTER_ORDERS.prefetch


def an_event(queue: topics.Queue, cabinet_id: UUID, n: int = 1) -> Event[Any]:
    """What a queue holds, of a cabinet."""
    if queue is topics.REPORTER_ORDERS:
        return orders_updated(cabinet_id, an_order(cabinet_id, str(n)))
    if queue is topics.REPORTER_PRODUCTS:
        return products_updated(cabinet_id)
    return stocks_updated(cabinet_id, a_stock(n))


TABLES = {
    topics.REPORTER_ORDERS: "order_facts",
    topics.REPORTER_PRODUCTS: "products",
    topics.REPORTER_STOCKS: "stocks",
}


@asynccontextmanager
async def consuming(
    url: str, database: Database, cache: Cache, pace: Pace | None = None
) -> AsyncIterator[RabbitBroker]:
    broker = make_broker(url, "reporter")
    subscribe(broker, database, cache, CabinetLocks(), pace or Pace(), lambda: NOON)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


async def waiting(url: str, queue: topics.Queue) -> int:
    """Messages of a queue that no consumer has in hand."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        return (await channel.declare_queue(queue.name, passive=True)).declaration_result.message_count or 0


@pytest.mark.parametrize("queue", TABLES, ids=lambda queue: queue.name)
async def test_a_cabinet_that_cannot_be_folded_uses_up_no_places_of_the_others(
    rabbitmq_url: str, reporter_db: Database, databases: Databases, cache: Cache, queue: topics.Queue
) -> None:
    stuck, others = uuid4(), [uuid4() for _ in range(3)]
    other = connect(databases.urls["reporter"])
    publishing = make_broker(rabbitmq_url, "ingestor")
    await publishing.connect()
    publish = event_publisher(publishing)

    async def held() -> set[UUID]:
        return {row["cabinet_id"] for row in await all_rows(reporter_db, TABLES[queue])}

    async with other.transaction() as connection:
        await cabinets.hold(connection, stuck)
        for n in range(FLOOD):
            await publish(row_of(an_event(queue, stuck, n)))
        for cabinet_id in others:
            await publish(row_of(an_event(queue, cabinet_id)))
        async with consuming(rabbitmq_url, reporter_db, cache):

            async def others_are_folded() -> bool:
                return await held() == set(others)

            await eventually(others_are_folded)
            await connection.rollback()

            async def all_is_folded() -> bool:
                handled = await all_rows(reporter_db, "inbox")
                return len(handled) == FLOOD + len(others)

            await eventually(all_is_folded)
    await publishing.stop()
    await other.close()
    assert await held() == {stuck, *others}
    assert await waiting(rabbitmq_url, topics.REPORTER_CROWDED) == 0


async def test_a_cabinet_with_its_share_stays_in_the_live_queue(
    rabbitmq_url: str, reporter_db: Database, cache: Cache, cabinet_id: UUID
) -> None:
    async with consuming(rabbitmq_url, reporter_db, cache) as broker:
        for n in range(SHARE):
            await event_publisher(broker)(row_of(an_event(topics.REPORTER_ORDERS, cabinet_id, n)))

        async def all_is_folded() -> bool:
            return len(await all_rows(reporter_db, "order_facts")) == SHARE

        await eventually(all_is_folded)
    assert {row["consumer"] for row in await all_rows(reporter_db, "inbox")} == {topics.REPORTER_ORDERS.name}


class EndlessRests(Pace):
    """Who comes with a backfill rests until `over`."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    @asynccontextmanager
    async def unhurried(self) -> AsyncIterator[None]:
        yield
        await self.over.wait()


class ToldCache(Cache):
    """Notes what it was told."""

    told: frozenset[str] = frozenset()

    async def invalidate(self, tags: Any) -> bool:
        self.told |= set(tags)
        return await super().invalidate(tags)


async def test_the_cache_is_told_of_a_backfill_before_its_consumer_rests_and_others_get_the_cabinet(
    rabbitmq_url: str, reporter_db: Database, redis_client: redis.asyncio.Redis, redis_prefix: str, cabinet_id: UUID
) -> None:
    cache, pace = ToldCache(redis_client, prefix=redis_prefix), EndlessRests()
    loaded = orders_updated(cabinet_id, an_order(cabinet_id), origin=Origin.BACKFILL)
    async with consuming(rabbitmq_url, reporter_db, cache, pace) as broker:
        publish = event_publisher(broker)
        await publish(row_of(loaded))
        await eventually(lambda: tags.of_orders(loaded) <= cache.told)
        await publish(row_of(orders_updated(cabinet_id, an_order(cabinet_id, "live"))))

        async def both_are_folded() -> bool:
            return len(await all_rows(reporter_db, "order_facts")) == 2

        await eventually(both_are_folded)
        pace.over.set()
