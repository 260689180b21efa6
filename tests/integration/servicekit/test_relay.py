"""The outbox and its relay: what is appended is published, at least once, whatever dies."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from aio_pika.abc import AbstractChannel
from contracts.topics import INGESTOR_SYNCS
from faststream.rabbit import RabbitBroker
from servicekit.broker import event_publisher
from servicekit.db import Database
from servicekit.outbox import Relay, append
from servicekit.outbox.relay import BATCH, OutboxRow
from sqlalchemy import event as sql_event
from sqlalchemy import text
from support.events import sync_requested
from support.eventually import eventually
from support.relaying import Sink, rows, store

from contracts import topics

StartBroker = Callable[..., Awaitable[RabbitBroker]]


async def unsent(db: Database) -> int:
    return sum(row.sent_at is None for row in await rows(db))


async def _relay_and_lose_the_database(db: Database, publish: Callable[[OutboxRow], Awaitable[None]]) -> None:
    """Relay a batch whose marks are never committed."""
    relay = Relay(db, publish)
    original = db.transaction

    class Lost(Database):
        def transaction(self) -> Any:
            context = original()

            class Wrapped:
                async def __aenter__(self) -> Any:
                    return await context.__aenter__()

                async def __aexit__(self, *_: object) -> None:
                    error = ConnectionResetError("killed")
                    await context.__aexit__(ConnectionResetError, error, None)
                    raise error

            return Wrapped()

    relay._database = Lost(db.engine, db.dsn)
    await relay.relay_batch()


async def listening(db: Database) -> bool:
    async with db.transaction() as connection:
        count = await connection.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND query LIKE 'LISTEN%'")
        )
    return bool(count)


class TestAppend:
    async def test_a_transaction_that_fails_leaves_nothing(self, db: Database) -> None:
        async def fail() -> None:
            async with db.transaction() as connection:
                await append(connection, [sync_requested()])
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert await rows(db) == []

    async def test_one_statement_however_many_events(self, db: Database) -> None:
        statements: list[str] = []

        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        sql_event.listen(db.engine.sync_engine, "before_cursor_execute", count)
        async with db.transaction() as connection:
            await append(connection, [])
            assert statements == []
            await append(connection, [sync_requested() for _ in range(500)])
        assert len(statements) == 1
        assert len(await rows(db)) == 500


class TestRelayBatch:
    async def test_what_is_marked_sent_was_published(self, db: Database) -> None:
        events = [sync_requested() for _ in range(3)]
        await store(db, *events)
        sink = Sink()
        assert await Relay(db, sink).relay_batch() == 3
        assert set(sink.ids) == {event.id for event in events}
        assert sink.rows[0].body == next(e for e in events if e.id == sink.ids[0]).model_dump_json().encode()
        assert await unsent(db) == 0
        assert await Relay(db, sink).relay_batch() == 0

    async def test_four_statements_however_many_rows(self, db: Database) -> None:
        await store(db, *(sync_requested() for _ in range(BATCH)))
        statements: list[str] = []

        def count(_: Any, __: Any, statement: str, *___: Any) -> None:
            statements.append(statement)

        sql_event.listen(db.engine.sync_engine, "before_cursor_execute", count)
        assert await Relay(db, Sink(refuse=BATCH // 2)).relay_batch() == BATCH
        assert len([s for s in statements if "outbox" in s]) == 3

    async def test_what_was_refused_stays_and_waits_while_the_rest_goes(self, db: Database) -> None:
        await store(db, *(sync_requested() for _ in range(3)))
        sink = Sink(refuse=1)
        relay = Relay(db, sink)
        await relay.relay_batch()
        assert len(sink.rows) == 2
        (row,) = [row for row in await rows(db) if row.sent_at is None]
        assert (row.attempts, row.last_error) == (1, "ConnectionError: no broker")
        assert await relay.relay_batch() == 0, "it waits a second first"

        async def again() -> bool:
            return await relay.relay_batch() == 1

        await eventually(again)
        assert sorted(sink.ids) == sorted(row.id for row in await rows(db))

    async def test_the_wait_grows_to_five_seconds(self, db: Database) -> None:
        await store(db, sync_requested())
        waits = []
        for _ in range(8):
            async with db.transaction() as connection:
                await connection.execute(text("UPDATE outbox SET next_attempt_at = '-infinity'"))
            await Relay(db, Sink(refuse=1)).relay_batch()
            (row,) = await rows(db, "extract(epoch FROM next_attempt_at - clock_timestamp()) AS wait")
            waits.append(round(float(row.wait)))
        assert waits == [1, 2, 4, 5, 5, 5, 5, 5]

    async def test_a_crash_between_confirm_and_mark_repeats_but_loses_nothing(self, db: Database) -> None:
        events = [sync_requested() for _ in range(4)]
        await store(db, *events)
        sink = Sink()

        async def confirm_then_die(row: OutboxRow) -> None:
            await sink(row)
            if len(sink.rows) == 4:
                raise asyncio.CancelledError

        with pytest.raises(ConnectionResetError):
            await _relay_and_lose_the_database(db, confirm_then_die)
        assert await unsent(db) == 4
        assert await Relay(db, sink).relay_batch() == 4
        assert len(sink.ids) == 8
        assert set(sink.ids) == {event.id for event in events}

    async def test_two_relays_share_the_rows(self, db: Database) -> None:
        events = [sync_requested() for _ in range(3 * BATCH)]
        await store(db, *events)
        sink = Sink()

        async def slow(row: OutboxRow) -> None:
            await asyncio.sleep(0.01)
            await sink(row)

        async def drain() -> int:
            batches = 0
            while await Relay(db, slow).relay_batch():
                batches += 1
            return batches

        batches = await asyncio.gather(drain(), drain())
        assert all(batches)
        assert len(sink.ids) == len(events)
        assert set(sink.ids) == {event.id for event in events}

    async def test_a_transaction_that_commits_late_is_not_skipped(self, db: Database) -> None:
        early, late = sync_requested(), sync_requested()
        sink = Sink()
        async with db.engine.connect() as slow:
            transaction = await slow.begin()
            await append(slow, [early])
            await store(db, late)
            await Relay(db, sink).relay_batch()
            assert sink.ids == [late.id]
            await transaction.commit()
        await Relay(db, sink).relay_batch()
        assert sink.ids == [late.id, early.id]


class TestRun:
    async def test_rows_go_out_when_they_are_committed_not_when_it_is_time(
        self, db: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("servicekit.outbox.relay.POLL_SECONDS", 3600.0)
        sink = Sink()

        async def all_sent() -> bool:
            return await unsent(db) == 0

        async with asyncio.timeout(60):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(Relay(db, sink).run())
                for _ in range(3):
                    sink.rows.clear()
                    await store(db, sync_requested())
                    await eventually(lambda: len(sink.rows) == 1)
                await eventually(all_sent)
                task.cancel()

    async def test_a_row_whose_notification_was_lost_is_found_all_the_same(self, db: Database) -> None:
        sink = Sink()
        task = asyncio.create_task(Relay(db, sink).run())
        try:
            await eventually(lambda: listening(db))
            async with db.transaction() as connection:
                await connection.execute(text("ALTER TABLE outbox DISABLE TRIGGER notify"))
                await append(connection, [sync_requested()])
                await connection.execute(text("ALTER TABLE outbox ENABLE TRIGGER notify"))
            await eventually(lambda: len(sink.rows) == 1)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def test_a_killed_listener_ends_it_so_that_it_is_begun_again(
        self, db: Database, databases: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("servicekit.outbox.relay.POLL_SECONDS", 3600.0)
        sink = Sink()
        task = asyncio.create_task(Relay(db, sink).run())
        admin = await asyncpg.connect(databases.admin_url)
        try:
            await store(db, sync_requested())
            await eventually(lambda: len(sink.rows) == 1)
            killed = await admin.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%kit.outbox%'"
            )
            assert killed == 1
            with pytest.raises(ConnectionError, match="listens for outbox rows"):
                await asyncio.wait_for(task, 60)
        finally:
            await admin.close()


class TestEventPublisher:
    async def test_a_type_whose_queue_is_not_bound_raises_and_the_row_stays(
        self, db: Database, start_broker: StartBroker, amqp: AbstractChannel
    ) -> None:
        broker = await start_broker()
        event = sync_requested()
        await store(db, event)
        queue = await amqp.get_queue(INGESTOR_SYNCS.name, ensure=False)
        await queue.unbind(topics.EVENTS_EXCHANGE, event.type)
        try:
            await Relay(db, event_publisher(broker)).relay_batch()
        finally:
            await queue.bind(topics.EVENTS_EXCHANGE, event.type)
        (row,) = await rows(db)
        assert (row.sent_at, row.attempts) == (None, 1)
        assert "NO_ROUTE" in row.last_error

    async def test_a_type_that_nobody_listens_to_is_sent(
        self, db: Database, start_broker: StartBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(topics, "QUEUES", ())
        broker = await start_broker()
        await store(db, sync_requested().model_copy(update={"type": "nobody.listens.v1"}))
        assert await Relay(db, event_publisher(broker)).relay_batch() == 1
        assert await unsent(db) == 0

    async def test_a_message_is_persistent_and_carries_its_id_and_type(
        self, db: Database, start_broker: StartBroker, amqp: AbstractChannel
    ) -> None:
        broker = await start_broker()
        event = sync_requested(uuid4())
        await store(db, event)
        await Relay(db, event_publisher(broker)).relay_batch()
        message = await (await amqp.get_queue(INGESTOR_SYNCS.name, ensure=False)).get(no_ack=True)
        assert message is not None
        assert (message.message_id, message.type, message.app_id) == (str(event.id), event.type, "kit")
        assert (message.delivery_mode, message.content_type) == (2, "application/cloudevents+json")
        assert message.body == event.model_dump_json().encode()
