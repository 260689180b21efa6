"""What a process shows at `/metrics`: what happened, how its servers are, and that it could not be read."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aio_pika
import pytest
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_CABINETS, INGESTOR_SYNCS, QUEUES
from faststream.rabbit import RabbitBroker
from pydantic import SecretStr
from servicekit import db as db_module
from servicekit import metrics
from servicekit.broker import make_broker
from servicekit.consume import Rejected, consume
from servicekit.crowd import Crowd
from servicekit.db import Database
from servicekit.metrics import OUTBOX, Reading, metrics_route
from servicekit.settings import ServiceSettings
from sqlalchemy import text
from starlette.applications import Starlette
from support.events import sync_requested
from support.eventually import eventually
from support.metrics import put, read_whole, scrape, see_what_every_service_shows, statements
from support.tcp_proxy import proxied

Start = Callable[..., Awaitable[RabbitBroker]]

# The queues of a real service: those of the kit have no name of their own.
SERVICE = "ingestor"


def app(database: Database, broker: RabbitBroker, *readings: Reading) -> Starlette:
    return Starlette(routes=[metrics_route(database, broker, readings=readings)])


@pytest.fixture
async def broker(vhost: str, amqp: object) -> AsyncIterator[RabbitBroker]:
    """Connected, and consuming nothing."""
    made = make_broker(vhost, "kit")
    await made.connect()
    yield made
    await made.stop()


async def test_outbox_queues_dead_letters_and_pool(db: Database, broker: RabbitBroker, vhost: str) -> None:
    for queue in (each for each in QUEUES if each.service == SERVICE):
        consume(broker, db, queue, {})
    await see_what_every_service_shows(app(db, broker), SERVICE, db, vhost)


async def test_nothing_to_show_is_nought(db: Database, broker: RabbitBroker) -> None:
    scraped = await scrape(app(db, broker))
    assert scraped.value("pulse_outbox_unsent") == scraped.value("pulse_outbox_oldest_seconds") == 0
    assert scraped.value("pulse_dead_letters", queue=INGESTOR_SYNCS.name) == 0


async def test_consumers_and_what_comes_of_events(db: Database, start_broker: Start, amqp: Any) -> None:
    async def handle(_: Any, event: Any) -> None:
        match event.data.resources:
            case ("fails",):
                raise ValueError("not now")
            case ("never",):
                raise Rejected("never")

    started = await start_broker(lambda b: consume(b, db, INGESTOR_SYNCS, {SyncRequestedV1: handle}))
    shown = app(db, started)

    async def outcomes() -> list[float]:
        metrics_now = await scrape(shown)
        timed = metrics_now.value("pulse_event_handling_seconds_count", queue=INGESTOR_SYNCS.name) or 0
        return [timed] + [
            metrics_now.value("pulse_events_handled_total", queue=INGESTOR_SYNCS.name, outcome=outcome) or 0
            for outcome in ("handled", "retried", "dead")
        ]

    before = await outcomes()
    for resource, messages in (("orders", 3), ("fails", 2), ("never", 1)):
        for _ in range(messages):
            event = sync_requested()
            data = event.data.model_copy(update={"resources": (resource,)})
            body = event.model_copy(update={"data": data}).model_dump_json().encode()
            await amqp.default_exchange.publish(aio_pika.Message(body), routing_key=INGESTOR_SYNCS.name)

    async def all_are_counted() -> bool:
        return [now - then for now, then in zip(await outcomes(), before, strict=True)] == [3, 3, 2, 1]

    await eventually(all_are_counted)
    scraped = await scrape(app(db, started))
    assert scraped.value("pulse_queue_consumers", queue=INGESTOR_SYNCS.name) == 1
    assert scraped.value("pulse_queue_consumers", queue=INGESTOR_CABINETS.name) == 0
    assert scraped.value("pulse_dead_letters", queue=INGESTOR_SYNCS.name) == 1


async def test_what_is_moved_is_told_from_what_is_handled(db: Database, start_broker: Start, amqp: Any) -> None:
    async def handle(*_: Any) -> None:
        raise AssertionError("there is no place for it")

    full = Crowd(INGESTOR_CABINETS, share=0)
    started = await start_broker(lambda b: consume(b, db, INGESTOR_SYNCS, {SyncRequestedV1: handle}, crowd=full))
    shown = app(db, started)

    async def count(outcome: str) -> float:
        scraped = await scrape(shown)
        return scraped.value("pulse_events_handled_total", queue=INGESTOR_SYNCS.name, outcome=outcome) or 0

    moved, handled = await count("moved"), await count("handled")
    body = sync_requested().model_dump_json().encode()
    await amqp.default_exchange.publish(aio_pika.Message(body), routing_key=INGESTOR_SYNCS.name)

    async def is_moved() -> bool:
        return await count("moved") == moved + 1

    await eventually(is_moved)
    assert await count("handled") == handled
    assert (await scrape(app(db, started))).value("pulse_queue_messages", queue=INGESTOR_CABINETS.name) == 1


async def test_an_exhausted_pool_is_seen_and_does_not_hinder_the_look(
    kit_url: str, db: Database, broker: RabbitBroker
) -> None:
    unused = SecretStr("unused://")
    small = db_module.connect(
        ServiceSettings(database_url=SecretStr(kit_url), redis_url=unused, rabbitmq_url=unused, db_pool_size=4)
    )

    async def use(until: asyncio.Event) -> None:
        async with small.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            await until.wait()

    done = asyncio.Event()
    uses = [asyncio.create_task(use(done)) for _ in range(6)]
    await eventually(lambda: small.waiting == 2)
    await eventually(lambda: small.engine.sync_engine.pool.status().endswith("Current Checked out connections: 4"))
    scraped = await scrape(app(small, broker))
    done.set()
    await asyncio.gather(*uses)
    shown = [scraped.value(f"pulse_db_pool_{name}") for name in ("size", "in_use", "overflow", "waiting")]
    assert shown == [4, 4, 0, 2]
    assert scraped.value("pulse_outbox_unsent") == 0
    assert (await scrape(app(small, broker))).value("pulse_db_pool_in_use") == small.waiting == 0
    await small.close()


class TestWhatCannotBeRead:
    async def test_without_the_database_the_rest_is_answered_and_it_comes_back(
        self, kit_url: str, db: Database, broker: RabbitBroker, vhost: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(metrics, "CACHE_SECONDS", 0)
        await put(vhost, INGESTOR_SYNCS.name, 2)
        async with proxied(kit_url) as proxy:
            database = Database(db.engine, proxy.url)
            shown = app(database, broker)
            assert (await scrape(shown)).value("pulse_scrape_ok", gauges="outbox") == 1
            proxy.is_open = False
            proxy.cut()
            scraped = await scrape(shown)
            assert scraped.value("pulse_scrape_ok", gauges="outbox") == 0
            assert scraped.value("pulse_outbox_unsent") is None
            assert scraped.value("pulse_queue_messages", queue=INGESTOR_SYNCS.name) == 2
            assert scraped.value("pulse_db_pool_size") is not None
            proxy.is_open = True
            assert (await scrape(shown)).value("pulse_outbox_unsent") == 0

    async def test_without_the_broker_too(self, db: Database, vhost: str) -> None:
        scraped = await scrape(app(db, make_broker(vhost, "kit")))
        assert scraped.value("pulse_scrape_ok", gauges="queues") == 0
        assert scraped.label_values("pulse_queue_messages", "queue") == set()
        assert scraped.value("pulse_outbox_unsent") == 0

    async def test_a_queue_that_is_not_there_closes_nothing_for_others(
        self, db: Database, broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(metrics, "CACHE_SECONDS", 0)
        shown = app(db, broker)
        with monkeypatch.context() as patched:
            patched.setattr(type(INGESTOR_SYNCS), "dead", property(lambda queue: f"{queue.name}.gone"))
            assert (await scrape(shown)).value("pulse_scrape_ok", gauges="queues") == 0
        assert (await scrape(shown)).value("pulse_scrape_ok", gauges="queues") == 1

    async def test_a_statement_that_takes_too_long_takes_only_its_own_gauges(
        self, db: Database, broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(metrics, "STATEMENT_SECONDS", 1)
        slow = Reading(name="slow", gauges={"pulse_slow": "Never read."}, sql="SELECT pg_sleep(60) AS pulse_slow")
        scraped = await scrape(app(db, broker, slow))
        assert scraped.value("pulse_scrape_ok", gauges="slow") == 0
        assert scraped.value("pulse_outbox_unsent") == 0

    async def test_a_database_that_does_not_answer_is_not_waited_for(
        self, db: Database, broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(metrics, "READ_SECONDS", 0.2)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            database = Database(db.engine, f"postgresql://nobody:x@127.0.0.1:{port}/none")
            async with asyncio.timeout(60):
                assert (await scrape(app(database, broker))).value("pulse_scrape_ok", gauges="outbox") == 0

    async def test_a_look_changes_nothing(self, db: Database, broker: RabbitBroker) -> None:
        writes = Reading(name="writes", gauges={"pulse_x": "."}, sql="DELETE FROM inbox RETURNING 1 AS pulse_x")
        assert (await scrape(app(db, broker, writes))).value("pulse_scrape_ok", gauges="writes") == 0


async def test_who_looks_again_soon_is_told_the_same_and_asks_nothing(
    db: Database, broker: RabbitBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = app(db, broker)
    with statements() as asked:
        await asyncio.gather(*(scrape(shown) for _ in range(5)))
        assert asked == [OUTBOX.sql]
        monkeypatch.setattr(metrics, "CACHE_SECONDS", 0)
        await scrape(shown)
    assert asked == [OUTBOX.sql] * 2


async def test_the_outbox_is_read_by_its_index_among_many_sent_events(db: Database) -> None:
    async with db.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO outbox (cabinet_id, id, type, origin, body, sent_at, created_at)
                SELECT gen_random_uuid(), gen_random_uuid(), 'x', 'live', CAST('{}' AS bytea),
                    CASE WHEN n > 50 THEN now() END, now() - make_interval(secs => n)
                FROM generate_series(1, 20000) AS n
            """)
        )
    assert await read_whole(db, [OUTBOX]) == set()
