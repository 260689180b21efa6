"""What the outbox and the inbox cost: Pulse beside a bare client, in the same run on the same servers.

`measure` needs DATABASE_URL (an administrator's) and RABBITMQ_URL; it works in a schema and a queue of its own
and removes both.
"""

import asyncio
import os
import statistics
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import EVENTS_EXCHANGE, INGESTOR_SYNCS, Queue
from pydantic import SecretStr
from servicekit import db
from servicekit.background import running
from servicekit.bootstrap import bootstrap
from servicekit.broker import connected, event_publisher, make_broker
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.events import new_event
from servicekit.outbox import Relay, append
from servicekit.outbox.schema import create_inbox, create_outbox
from servicekit.settings import ServiceSettings
from servicekit.topology import declare_topology, queue_arguments
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.command import run, say
from bench.figures import Entry, Figures, entry

AT_ONCE = 200
LARGE_BYTES = 2 * 2**20
LOW_LOAD_PAUSE_SECONDS = 0.01
QUEUE = Queue("bench.relay", (SyncRequestedV1,), prefetch=INGESTOR_SYNCS.prefetch)


@dataclass(frozen=True)
class Sizes:
    """How many events are published and consumed, in how many turns; how many large ones, and one at a time."""

    events: int = 4_000
    rounds: int = 5
    large_events: int = 200
    low_load_events: int = 200


async def measure(sizes: Sizes) -> Figures:
    """Events/s of publishing and of consuming, ms from commit to consumer."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(_schema(os.environ["DATABASE_URL"]))
        url = os.environ["RABBITMQ_URL"]
        channel = await stack.enter_async_context(_queue(url))
        figures: Figures = {}
        for what in (_publishing, _consuming, _latency, _memory):
            say(f"relay: {what.__name__.removeprefix('_')}")
            figures |= await what(sizes, database, url, channel)
        return figures


async def _publishing(sizes: Sizes, database: Database, url: str, channel: aio_pika.abc.AbstractChannel) -> Figures:
    """In turns, so that what else the machine does meets both alike; the first turn, which opens connections, apart."""
    append_seconds = relay_seconds = bare_seconds = 0.0
    broker = make_broker(url, "bench")
    async with connected(broker):
        relay = Relay(database, event_publisher(broker))
        for turn in range(sizes.rounds + 1):
            events = [_event() for _ in range(sizes.events // sizes.rounds)]
            began = time.perf_counter()
            for start in range(0, len(events), AT_ONCE):
                async with database.transaction() as connection:
                    await append(connection, events[start : start + AT_ONCE])
            appended = time.perf_counter()
            while await relay.relay_batch():
                pass
            relayed = time.perf_counter()
            bare = await _bare_publishing(channel, [event.model_dump_json().encode() for event in events])
            if turn:
                append_seconds += appended - began
                relay_seconds += relayed - appended
                bare_seconds += bare
    return {
        "append + relay": _rate(sizes.events / (append_seconds + relay_seconds), sizes.events / bare_seconds),
        "relay": _rate(sizes.events / relay_seconds, sizes.events / bare_seconds),
    }


async def _bare_publishing(channel: aio_pika.abc.AbstractChannel, bodies: list[bytes]) -> float:
    exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
    began = time.perf_counter()
    for start in range(0, len(bodies), AT_ONCE):
        messages = (
            aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            for body in bodies[start : start + AT_ONCE]
        )
        await asyncio.gather(*(exchange.publish(message, SyncRequestedV1.TYPE) for message in messages))
    return time.perf_counter() - began


async def _memory(sizes: Sizes, database: Database, url: str, channel: aio_pika.abc.AbstractChannel) -> Figures:
    """The whole process of a relay that has large events to publish; bare: one that has nothing to."""
    queue = await channel.get_queue(QUEUE.name, ensure=False)
    await queue.purge()
    idle = await _peak(database, url)
    async with database.transaction() as connection:
        await append(connection, [_event() for _ in range(sizes.large_events)])
        await connection.execute(
            text("UPDATE outbox SET body = CAST(repeat('x', :size) AS bytea) WHERE sent_at IS NULL"),
            {"size": LARGE_BYTES},
        )
    busy = await _peak(database, url)
    await queue.purge()
    return {f"relay of {sizes.large_events} events of 2 MB, peak": entry(busy, idle, "MB")}


async def _peak(database: Database, url: str) -> int:
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.relay_worker", database.dsn, url, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await worker.communicate()
    return int(written)


async def _consuming(sizes: Sizes, database: Database, url: str, channel: aio_pika.abc.AbstractChannel) -> Figures:
    """Twice as many events wait in the queue after `_publishing`: half for ours, half for the bare consumer."""
    done, count = asyncio.Event(), 0

    async def handle(connection: AsyncConnection, event: Event[Any]) -> None:
        await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})

    async def committed(*_: object) -> None:
        nonlocal count
        count += 1
        if count == sizes.events:
            done.set()

    bare = await _bare_consuming(sizes.events, channel)
    broker = make_broker(url, "bench")
    consume(broker, database, QUEUE, {SyncRequestedV1: handle}, after_commit=committed)
    async with connected(broker):
        began = time.perf_counter()
        await broker.start()
        await done.wait()
        ours = sizes.events / (time.perf_counter() - began)
    return {"consume + inbox + effect": _rate(ours, bare)}


async def _bare_consuming(events: int, channel: aio_pika.abc.AbstractChannel) -> float:
    """Receive and acknowledge, nothing else."""
    await channel.set_qos(prefetch_count=QUEUE.prefetch)
    queue = await channel.get_queue(QUEUE.name, ensure=False)
    began, count = time.perf_counter(), 0
    async with queue.iterator() as messages:
        async for message in messages:
            await message.ack()
            count += 1
            if count == events:
                return events / (time.perf_counter() - began)
    raise RuntimeError("the queue ended before its messages")


async def _latency(sizes: Sizes, database: Database, url: str, channel: aio_pika.abc.AbstractChannel) -> Figures:
    """From the start of an event's commit to its handler, one at a time; bare: from publish to receipt."""
    await (await channel.get_queue(QUEUE.name, ensure=False)).purge()
    began: dict[UUID, float] = {}
    ours: list[float] = []
    handled = asyncio.Event()

    async def handle(_: AsyncConnection, event: Event[Any]) -> None:
        ours.append((time.perf_counter() - began[event.id]) * 1000)
        handled.set()

    broker = make_broker(url, "bench")
    consume(broker, database, QUEUE, {SyncRequestedV1: handle})
    async with connected(broker), running({"relay": Relay(database, event_publisher(broker)).run}):
        await broker.start()
        for _ in range(sizes.low_load_events):
            handled.clear()
            event = _event()
            async with database.transaction() as connection:
                await append(connection, [event])
                began[event.id] = time.perf_counter()
            await handled.wait()
            await asyncio.sleep(LOW_LOAD_PAUSE_SECONDS)
    bare = await _bare_latency(sizes.low_load_events, channel)
    return {
        "commit to consumer, p50": _milliseconds(ours, bare, 50),
        "commit to consumer, p99": _milliseconds(ours, bare, 99),
    }


async def _bare_latency(events: int, channel: aio_pika.abc.AbstractChannel) -> list[float]:
    exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
    queue = await channel.get_queue(QUEUE.name, ensure=False)
    received: asyncio.Queue[float] = asyncio.Queue()

    async def receive(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        received.put_nowait(time.perf_counter())
        await message.ack()

    tag = await queue.consume(receive)
    waits = []
    for _ in range(events):
        began = time.perf_counter()
        await exchange.publish(aio_pika.Message(_event().model_dump_json().encode()), SyncRequestedV1.TYPE)
        waits.append((await received.get() - began) * 1000)
        await asyncio.sleep(LOW_LOAD_PAUSE_SECONDS)
    await queue.cancel(tag)
    return waits


def _event() -> Event[Any]:
    data = SyncRequestedV1(sync_id=uuid4(), resources=("orders",), requested_by=1)
    return new_event(data, cabinet_id=uuid4())


def _rate(ours: float, bare: float) -> Entry:
    return entry(ours, bare, "events/s", digits=None)


def _milliseconds(ours: list[float], bare: list[float], percent: int) -> Entry:
    mine, theirs = (statistics.quantiles(values, n=100)[percent - 1] for values in (ours, bare))
    return entry(mine, theirs, "ms", digits=2)


@asynccontextmanager
async def _schema(admin_url: str) -> AsyncIterator[Database]:
    name = f"bench_{os.getpid()}"
    url = make_url(admin_url).set(username=name, password=os.urandom(8).hex()).render_as_string(False)
    await bootstrap(admin_url, {name: url})
    unused = SecretStr("unused://")
    database = db.connect(
        ServiceSettings(database_url=SecretStr(url), redis_url=unused, rabbitmq_url=unused, db_pool_size=10)
    )
    try:
        async with database.transaction() as connection:
            await connection.run_sync(_create_tables)
        yield database
    finally:
        await database.close()
        admin = await asyncpg.connect(admin_url)
        await admin.execute(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"')
        await admin.close()


def _create_tables(connection: Connection) -> None:
    op = Operations(MigrationContext.configure(connection))
    create_outbox(op)
    create_inbox(op)
    op.execute("CREATE TABLE effects (event_id uuid NOT NULL)")


@asynccontextmanager
async def _queue(url: str) -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    """The bench's own queue, bound to its type; the service's queue of that type gets nothing meanwhile."""
    await declare_topology(url)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        theirs = await channel.get_queue(INGESTOR_SYNCS.name, ensure=False)
        await theirs.unbind(EVENTS_EXCHANGE, SyncRequestedV1.TYPE)
        queue = await channel.declare_queue(QUEUE.name, durable=True, arguments=queue_arguments(QUEUE))
        await queue.bind(EVENTS_EXCHANGE, SyncRequestedV1.TYPE)
        try:
            yield channel
        finally:
            await theirs.bind(EVENTS_EXCHANGE, SyncRequestedV1.TYPE)
            await queue.delete(if_unused=False, if_empty=False)


if __name__ == "__main__":
    run(measure, Sizes())
