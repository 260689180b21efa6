"""What we stand on is away: no event pays for it with an attempt, and none is handled twice or dies."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
import pytest
import redis.exceptions
import sqlalchemy.exc
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import EVENTS_EXCHANGE, INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit import faults
from servicekit.broker import event_publisher
from servicekit.consume import ATTEMPT, MAX_ATTEMPTS, OUTAGE, consume
from servicekit.db import Database, driver
from servicekit.topology import DELIVERY_LIMIT, retry_name
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.databases import connect
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import row_of
from support.tcp_proxy import proxied

StartBroker = Callable[..., Awaitable[RabbitBroker]]

QUEUE = INGESTOR_SYNCS


async def record(connection: AsyncConnection, event: Event[Any]) -> None:
    await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})


async def effects(db: Database) -> list[UUID]:
    async with db.transaction() as connection:
        return list((await connection.execute(text("SELECT event_id FROM effects"))).scalars())


async def waiting(amqp: AbstractChannel, name: str) -> int:
    return (await amqp.declare_queue(name, passive=True)).declaration_result.message_count or 0


async def test_a_long_outage_of_the_database_makes_no_dead_letters(
    db: Database, kit_url: str, amqp: AbstractChannel, start_broker: StartBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.consume.LONGEST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr("servicekit.backoff.random.uniform", lambda *_: 0.01)
    deliveries: Counter[UUID] = Counter()

    def counted(event: Event[Any]) -> AbstractAsyncContextManager[None]:
        deliveries[event.id] += 1
        return nullcontext()

    events = [sync_requested() for _ in range(20)]
    async with proxied(kit_url) as proxy:
        away = connect(proxy.url)
        broker = await start_broker(lambda b: consume(b, away, QUEUE, {SyncRequestedV1: record}, lock=counted))
        await event_publisher(broker)(row_of(sync_requested()))
        await eventually(lambda: _one_effect(db))
        proxy.is_open = False
        proxy.cut()
        for event in events:
            await event_publisher(broker)(row_of(event))
        often = max(MAX_ATTEMPTS, DELIVERY_LIMIT) + 5
        await eventually(lambda: min(deliveries[event.id] for event in events) > often, seconds=120)
        assert len(await effects(db)) == 1
        proxy.is_open = True

        async def all_handled() -> bool:
            return len(await effects(db)) == len(events) + 1

        await eventually(all_handled)
        await broker.stop()
        await away.close()
    assert await waiting(amqp, QUEUE.dead) == 0
    assert {event.id for event in events} <= set(await effects(db))


async def _one_effect(db: Database) -> bool:
    return len(await effects(db)) == 1


async def test_events_wait_in_their_places_while_the_database_is_away_and_go_on_when_it_is_back(
    db: Database, kit_url: str, amqp: AbstractChannel, start_broker: StartBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.faults.LOOK_SECONDS", 0.05)
    monkeypatch.setattr("servicekit.backoff.random.uniform", lambda *_: 0.01)
    begun = 0

    def counted(_: Event[Any]) -> AbstractAsyncContextManager[None]:
        nonlocal begun
        begun += 1
        return nullcontext()

    async with proxied(kit_url) as proxy:
        proxy.is_open = False
        away = connect(proxy.url)
        broker = await start_broker(lambda b: consume(b, away, QUEUE, {SyncRequestedV1: record}, lock=counted))
        for _ in range(3 * QUEUE.prefetch):
            await event_publisher(broker)(row_of(sync_requested()))
        await eventually(lambda: begun == QUEUE.prefetch)
        await asyncio.sleep(0.5)  # what would go round and round has gone round by now
        assert begun == QUEUE.prefetch
        assert await waiting(amqp, QUEUE.name) == 2 * QUEUE.prefetch
        proxy.is_open = True

        async def all_handled() -> bool:
            return len(await effects(db)) == 3 * QUEUE.prefetch

        await eventually(all_handled)
        await broker.stop()
        await away.close()


async def test_attempts_of_its_own_are_kept_and_none_is_added(
    db: Database, amqp: AbstractChannel, start_broker: StartBroker
) -> None:
    async def handle(*_: Any) -> None:
        raise ConnectionError("away")

    await start_broker(lambda b: consume(b, db, QUEUE, {SyncRequestedV1: handle}))
    events = await amqp.get_exchange(EVENTS_EXCHANGE, ensure=False)
    body = sync_requested().model_dump_json().encode()
    for outage, seconds in ((0, 5), (1, 60), (500, 60)):
        headers: Any = {ATTEMPT: MAX_ATTEMPTS - 1, OUTAGE: outage}
        await events.publish(aio_pika.Message(body, headers=headers), "sync.requested.v1")
        tier = await amqp.get_queue(retry_name(seconds), ensure=False)
        await eventually(partial(_is_not_empty, amqp, tier.name))
        message = await tier.get(no_ack=True)
        assert (message.headers[ATTEMPT], message.headers[OUTAGE]) == (MAX_ATTEMPTS - 1, outage + 1)
    assert await waiting(amqp, QUEUE.dead) == 0


async def _is_not_empty(amqp: AbstractChannel, name: str) -> bool:
    return await waiting(amqp, name) > 0


class TestIsOurs:
    @pytest.mark.parametrize(
        "error",
        [
            ConnectionRefusedError(),
            OSError("Multiple exceptions: [Errno 111], [Errno 101]"),
            sqlalchemy.exc.TimeoutError("QueuePool limit reached"),
            redis.exceptions.ConnectionError(),
            redis.exceptions.BusyLoadingError(),
        ],
    )
    async def test_what_we_stand_on_is_away_or_too_busy(self, db: Database, error: Exception) -> None:
        assert await faults.is_ours(error, db)
        wrapped = RuntimeError("while handling")
        wrapped.__cause__ = error
        assert await faults.is_ours(wrapped, db)

    async def test_a_session_that_ended_under_the_drivers_own_use_is_away(self, db: Database) -> None:
        with pytest.raises(asyncpg.InterfaceError) as raised:  # noqa: PT012  # the second statement finds it ended
            async with db.transaction() as connection:
                own = await driver(connection)
                pid = await own.fetchval("SELECT pg_backend_pid()")
                async with db.transaction() as other:
                    await other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
                await eventually(own.is_closed)
                await own.fetchval("SELECT 1")
        assert await faults.is_ours(raised.value, db)

    @pytest.mark.parametrize("error", [ValueError(), KeyError("x"), redis.exceptions.ResponseError("WRONGTYPE")])
    async def test_a_bug_is_not(self, db: Database, error: Exception) -> None:
        assert not await faults.is_ours(error, db)

    @pytest.mark.parametrize(
        ("sqlstate", "ours"),
        [
            ("40P01", True),  # deadlock
            ("40001", True),  # serialization
            ("55P03", True),  # lock timeout
            ("57P01", True),  # administrator's shutdown
            ("53300", True),  # too many connections
            ("25006", True),  # a standby
            ("08006", True),  # connection
            ("23505", False),  # unique violation
            ("22P02", False),  # bad data
            ("42P01", False),  # no such table
            ("57014", False),  # took too long, though the database answers
        ],
    )
    async def test_postgresql_says_which(self, db: Database, sqlstate: str, ours: bool) -> None:
        with pytest.raises(sqlalchemy.exc.DBAPIError) as raised:
            await _raise_state(db, sqlstate)
        assert await faults.is_ours(raised.value, db) is ours

    async def test_a_session_that_was_terminated_is(self, db: Database) -> None:
        with pytest.raises(sqlalchemy.exc.DBAPIError) as raised:
            await _terminate_own(db)
        assert await faults.is_ours(raised.value, db)

    async def test_a_statement_that_took_too_long_is_if_the_database_does_not_answer(
        self, db: Database, kit_url: str
    ) -> None:
        assert not await faults.is_ours(TimeoutError(), db)
        async with proxied(kit_url) as proxy:
            proxy.is_open = False
            away = connect(proxy.url)
            assert await faults.is_ours(TimeoutError(), away)
            await away.close()


async def _raise_state(db: Database, sqlstate: str) -> None:
    async with db.transaction() as connection:
        await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{sqlstate}'; END $$"))


async def _terminate_own(db: Database) -> None:
    async with db.transaction() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
