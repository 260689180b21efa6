"""A replay to a running reporter: nobody is told, nothing is counted twice, what was lost comes again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID, uuid4

import aio_pika
import pytest
from contracts.topics import QUEUES
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.rebuild import copies
from reporter.subscribers import subscribe
from servicekit.broker import make_broker
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.replay import replayer, table
from servicekit.replay.plan import make_plan
from servicekit.replay.selection import select
from support.eventually import eventually
from support.outbox_rows import published
from support.rebuilding import Reporter
from support.rows import count, execute
from support.shop_histories import history


@pytest.fixture
async def running(reporter: Reporter, rabbitmq_url: str, cache: Cache) -> AsyncIterator[None]:
    broker = make_broker(rabbitmq_url, "reporter")
    subscribe(broker, reporter.database, cache, CabinetLocks(), Pace(), lambda: reporter.now)
    await broker.start()
    yield
    await broker.stop()


async def replayed(database: Database, rabbitmq_url: str) -> int:
    """Replay everything, and wait until it was handled; how many events."""
    selection = select("reporter", until=datetime(2100, 1, 1, tzinfo=UTC))
    plan, replay_id = await make_plan(database, selection), uuid4()
    handled = await count(database, "inbox")
    async with database.transaction() as connection:
        await table.add(connection, replay_id, selection, requested_by="me", events=plan.events, events_per_second=None)
    assert (await replayer.run(database, rabbitmq_url, replay_id)).sent == plan.events

    async def all_handled() -> bool:
        return await count(database, "inbox") == handled + plan.events

    await eventually(all_handled)
    return plan.events


@asynccontextmanager
async def nobody_is_told(database: Database, rabbitmq_url: str) -> AsyncIterator[None]:
    """Nothing is published that tells of orders or alerts, and no queue of the notifier gets anything."""
    before = {event.id for event in await published(database)}
    yield
    told = {event.type for event in await published(database) if event.id not in before}
    assert told <= {"analytics.updated.v1"}
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        for queue in QUEUES:
            if queue.service != "reporter":
                found = await channel.declare_queue(queue.name, passive=True)
                assert found.declaration_result.message_count == 0, queue.name


@pytest.mark.usefixtures("running")
async def test_what_is_known_stays_as_it_is_and_twice_is_as_once(
    reporter: Reporter, cabinet_id: UUID, rabbitmq_url: str
) -> None:
    await reporter.see(*history(cabinet_id, 5))
    await reporter.count()
    before = await reporter.everything(cabinet_id)
    async with nobody_is_told(reporter.database, rabbitmq_url):
        for _ in range(2):
            assert await replayed(reporter.database, rabbitmq_url) == 40
            await reporter.count()
            assert await reporter.everything(cabinet_id) == before


@pytest.mark.usefixtures("running")
async def test_what_was_lost_comes_again_and_nobody_is_told(
    reporter: Reporter, cabinet_id: UUID, rabbitmq_url: str
) -> None:
    await reporter.see(*history(cabinet_id, 6))
    await reporter.count()
    before = await reporter.everything(cabinet_id)
    for lost in [*copies.facts(), *copies.figures()]:
        await execute(reporter.database, f"DELETE FROM {lost.name}")
    async with nobody_is_told(reporter.database, rabbitmq_url):
        await replayed(reporter.database, rabbitmq_url)
        await reporter.count()
    assert await reporter.everything(cabinet_id) == before
