"""Connections cut, consumers killed: everything heals, nothing is lost, effects happen once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from local import servers as local_servers
from servicekit.background import running
from servicekit.broker import event_publisher
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.outbox import Relay, append
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.rabbitmqctl import control
from support.tcp_proxy import proxied

StartBroker = Callable[..., Awaitable[RabbitBroker]]


class Consumer:
    """Inbox and effect in one transaction; counts deliveries."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.deliveries = 0

    def subscribe(self, broker: RabbitBroker) -> None:
        consume(broker, self.db, INGESTOR_SYNCS, {SyncRequestedV1: self.handle}, lock=self.counted)

    def counted(self, _: Event[Any]) -> AbstractAsyncContextManager[None]:
        self.deliveries += 1
        return nullcontext()

    async def handle(self, connection: AsyncConnection, event: Event[Any]) -> None:
        await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})


def _more(consumer: Consumer, deliveries: int) -> bool:
    return consumer.deliveries > deliveries


async def store(db: Database, count: int) -> set[UUID]:
    events = [sync_requested() for _ in range(count)]
    async with db.transaction() as connection:
        await append(connection, events)
    return {event.id for event in events}


async def effects(db: Database) -> list[UUID]:
    """Of committed transactions: a delivery that was begun is no effect."""
    async with db.transaction() as connection:
        return list((await connection.execute(text("SELECT event_id FROM effects"))).scalars())


async def have_happened_once(db: Database, expected: set[UUID]) -> None:
    async def done() -> bool:
        return len(await effects(db)) >= len(expected)

    await eventually(done)
    assert sorted(await effects(db)) == sorted(expected)


@asynccontextmanager
async def relaying(db: Database, broker: RabbitBroker) -> AsyncIterator[None]:
    async with running({"outbox.relay": Relay(db, event_publisher(broker)).run}):
        yield


async def test_connections_cut_again_and_again_lose_nothing(
    db: Database, vhost: str, start_broker: StartBroker
) -> None:
    consumer = Consumer(db)
    expected: set[UUID] = set()
    async with proxied(vhost) as proxy:
        broker = await start_broker(consumer.subscribe, url=proxy.url)
        async with relaying(db, broker):
            for _ in range(3):
                expected |= await store(db, 300)
                await eventually(lambda: len(proxy.writers) > 0)
                already = consumer.deliveries
                await eventually(partial(_more, consumer, already + 20))
                assert proxy.cut() >= 1
            await have_happened_once(db, expected)


async def test_a_broker_that_is_away_is_waited_for(
    db: Database, vhost: str, start_broker: StartBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.broker.CONFIRM_TIMEOUT_SECONDS", 0.5)
    consumer = Consumer(db)
    async with proxied(vhost) as proxy:
        broker = await start_broker(consumer.subscribe, url=proxy.url)
        async with relaying(db, broker):
            proxy.is_open = False
            proxy.cut()
            expected = await store(db, 50)

            async def refused() -> bool:
                async with db.transaction() as connection:
                    return bool(await connection.scalar(text("SELECT count(*) FROM outbox WHERE attempts > 0")))

            await eventually(refused)
            assert await effects(db) == []
            proxy.is_open = True
            await have_happened_once(db, expected)


async def test_connections_closed_by_the_broker_lose_nothing(
    db: Database, vhost: str, servers: local_servers.Servers, start_broker: StartBroker
) -> None:
    consumer = Consumer(db)
    broker = await start_broker(consumer.subscribe)
    async with relaying(db, broker):
        expected = await store(db, 300)
        await eventually(lambda: consumer.deliveries > 20)
        name = vhost.rsplit("/", 1)[1]
        closing = asyncio.create_task(control(servers, "close_all_connections", "--vhost", name, "test"))
        expected |= await store(db, 1000)
        await closing
        expected |= await store(db, 50)
        await have_happened_once(db, expected)


async def test_a_consumer_killed_with_messages_in_its_hands_hands_them_to_the_next(
    db: Database, vhost: str, start_broker: StartBroker
) -> None:
    stuck: list[UUID] = []

    @asynccontextmanager
    async def hang(event: Event[Any]) -> AsyncIterator[None]:
        stuck.append(event.id)
        await asyncio.Event().wait()
        yield

    async def unreached(*_: object) -> None:
        pytest.fail("it was to hang before")

    expected = await store(db, 40)
    async with proxied(vhost) as proxy:
        first = await start_broker(
            lambda b: consume(b, db, INGESTOR_SYNCS, {SyncRequestedV1: unreached}, lock=hang), url=proxy.url
        )
        publisher = await start_broker()
        assert await Relay(db, event_publisher(publisher)).relay_batch() == 40
        await eventually(lambda: len(stuck) == INGESTOR_SYNCS.prefetch)
        proxy.is_open = False
        proxy.cut()
        await _forget(first)
    second = Consumer(db)
    await start_broker(second.subscribe)
    await have_happened_once(db, expected)
    assert second.deliveries == 40


async def test_handled_but_not_acknowledged_is_delivered_again_and_changes_nothing(
    db: Database, vhost: str, start_broker: StartBroker
) -> None:
    consumer = Consumer(db)
    committed = asyncio.Event()

    async def hang(*_: object) -> None:
        consumer.deliveries += 1
        committed.set()
        await asyncio.Event().wait()

    expected = await store(db, 1)
    async with proxied(vhost) as proxy:
        first = await start_broker(
            lambda b: consume(b, db, INGESTOR_SYNCS, {SyncRequestedV1: consumer.handle}, after_commit=hang),
            url=proxy.url,
        )
        await Relay(db, event_publisher(await start_broker())).relay_batch()
        await committed.wait()
        proxy.is_open = False
        proxy.cut()
        await _forget(first)
    await start_broker(consumer.subscribe)
    await eventually(lambda: consumer.deliveries == 2)
    await have_happened_once(db, expected)


async def _forget(broker: RabbitBroker) -> None:
    """What a kill leaves of a broker: nothing that could consume, and handlers that never end."""
    for subscriber in broker.subscribers:
        subscriber.running = False
    broker.config.broker_config.graceful_timeout = 0.1


async def test_a_lost_database_heals(db: Database, databases: Any, start_broker: StartBroker) -> None:
    consumer = Consumer(db)
    broker = await start_broker(consumer.subscribe)
    async with relaying(db, broker):
        expected = await store(db, 50)
        await have_happened_once(db, expected)
        await _terminate(databases.admin_url, db)
        expected |= await _stored_again(db, 50)
        await have_happened_once(db, expected)


async def _stored_again(db: Database, count: int) -> set[UUID]:
    """Store, as any caller does, until a connection is found that lives: a transaction that failed stored nothing."""
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        try:
            return await store(db, count)
        except DBAPIError:
            if asyncio.get_running_loop().time() > deadline:
                raise


async def _terminate(admin_url: str, db: Database) -> None:
    admin = await asyncpg.connect(admin_url)
    role = make_url(db.dsn).username
    killed = await admin.fetchval(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = $1", role
    )
    await admin.close()
    assert killed >= 2, "the pool's connections and the listener's"
