"""A whole service process: consumers, relay, work and health, started and stopped in order; one trace through it."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import aio_pika
import httpx
import psutil
import pytest
from aio_pika.exceptions import ProbableAuthenticationError
from contracts.envelope import Event
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_SYNCS, INGESTOR_WB_COMMANDS
from opentelemetry import trace
from pydantic import SecretStr
from servicekit.checks import redis_check, standard_checks
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.health import health_routes
from servicekit.outbox import append
from servicekit.serving import Platform, make_app, make_platform, started
from servicekit.settings import ServiceSettings
from servicekit.telemetry import tracer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs
from support.events import sync_requested
from support.eventually import eventually
from support.tcp_proxy import proxied

MakePlatform = Callable[..., Platform]


@pytest.fixture
def make(kit_url: str, vhost: str, amqp: object, monkeypatch: pytest.MonkeyPatch) -> MakePlatform:
    """Platforms of this test; the process's own logs are left as they are."""
    monkeypatch.setattr("servicekit.serving.configure_logging", lambda *_: None)

    def build(rabbitmq_url: str = vhost) -> Platform:
        settings = ServiceSettings(
            database_url=SecretStr(kit_url), redis_url=SecretStr("redis://unused"), rabbitmq_url=SecretStr(rabbitmq_url)
        )
        return make_platform("kit", settings)

    return build


async def test_one_trace_from_the_append_to_the_handler(db: Database, make: MakePlatform) -> None:
    platform = make()
    seen: list[str] = []

    async def handle(*_: object) -> None:
        seen.append(trace.format_trace_id(trace.get_current_span().get_span_context().trace_id))

    consume(platform.broker, platform.database, INGESTOR_SYNCS, {SyncRequestedV1: handle})
    async with started(platform, {}):
        traces = []
        for _ in range(2):
            with tracer.start_as_current_span("page"):
                traces.append(trace.format_trace_id(trace.get_current_span().get_span_context().trace_id))
                event = sync_requested()
                assert event.traceparent is not None
                assert traces[-1] in event.traceparent
                async with db.transaction() as connection:
                    await append(connection, [event])
        await eventually(lambda: len(seen) == 2)
    assert sorted(seen) == sorted(traces)
    assert len(set(traces)) == 2


async def test_stopping_ends_consumers_first_then_work_and_relay(db: Database, make: MakePlatform) -> None:
    platform = make()
    steps: list[str] = []
    begun = asyncio.Event()

    async def handle(connection: AsyncConnection, _: Event[Any]) -> None:
        begun.set()
        await asyncio.sleep(0.1)  # what a handler takes
        await append(connection, [sync_requested()])
        steps.append("handled")

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            steps.append("work ended")

    consume(platform.broker, platform.database, INGESTOR_SYNCS, {SyncRequestedV1: handle})
    async with started(platform, {"work": work}):
        async with db.transaction() as connection:
            await append(connection, [sync_requested()])
        await begun.wait()
    assert steps == ["handled", "work ended"]


async def test_a_lock_that_is_held_does_not_keep_a_service_from_starting(db: Database, make: MakePlatform) -> None:
    async with db.transaction() as connection:
        await connection.execute(text("LOCK TABLE outbox, inbox IN ACCESS EXCLUSIVE MODE"))
        async with started(make(), {}):
            await eventually(lambda: _waits_for_a_lock(db))


async def _waits_for_a_lock(db: Database) -> bool:
    async with db.transaction() as connection:
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'"
        )
        return bool(await connection.scalar(waiting))


async def test_a_broker_that_is_away_for_a_while_is_waited_for(
    db: Database, make: MakePlatform, kit_url: str, vhost: str
) -> None:
    """It is away before the connection, and again when some consumers have begun."""
    async with proxied(vhost) as door:
        platform = make(door.url)
        handled: list[UUID] = []

        async def handle(_: AsyncConnection, event: Event[Any]) -> None:
            handled.append(event.id)

        for queue in (INGESTOR_SYNCS, INGESTOR_WB_COMMANDS):
            consume(platform.broker, platform.database, queue, {SyncRequestedV1: handle})
        second = platform.broker.subscribers[-1]
        begin, tries = second.start, 0

        async def begin_without() -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                door.is_open = False
                door.cut()
                asyncio.get_running_loop().call_later(1.5, setattr, door, "is_open", True)
            await begin()

        # The type forbids it; no other way makes the broker go away just between two consumers.
        second.start = begin_without  # type: ignore[method-assign]
        door.is_open = False
        asyncio.get_running_loop().call_later(1.5, setattr, door, "is_open", True)
        with capture_logs() as logs:
            async with started(platform, {}):
                events = [sync_requested() for _ in range(5)]
                async with db.transaction() as connection:
                    await append(connection, events)
                await eventually(lambda: len(handled) >= len(events))
                async with await aio_pika.connect(vhost) as other:
                    channel = await other.channel()
                    consumers = [
                        (await channel.declare_queue(queue.name, passive=True)).declaration_result.consumer_count
                        for queue in (INGESTOR_SYNCS, INGESTOR_WB_COMMANDS)
                    ]
        assert sorted(handled) == sorted(event.id for event in events)
        assert consumers == [1, 1]
        assert tries >= 1
        assert door.refused >= 1
        assert "broker.awaited" in {entry["event"] for entry in logs}


async def test_a_broker_that_stays_away_or_refuses_the_password_fails_the_start(
    make: MakePlatform, vhost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.broker.START_PATIENCE_SECONDS", 0.5)
    began = time.monotonic()
    with pytest.raises(ConnectionError):
        async with started(make("amqp://a:b@127.0.0.1:1/"), {}):
            pytest.fail("it began all the same")
    assert time.monotonic() - began > 0.5
    wrong = urlsplit(vhost)._replace(netloc=f"nobody:wrong@{vhost.rpartition('@')[2].partition('/')[0]}").geturl()
    with capture_logs() as logs, pytest.raises(ProbableAuthenticationError):
        async with started(make(wrong), {}):
            pytest.fail("it began all the same")
    assert "broker.awaited" not in {entry["event"] for entry in logs}


class TestHealth:
    async def test_answers_for_what_the_service_stands_on(
        self, make: MakePlatform, redis_client: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        platform = make()
        required = standard_checks(platform.database, platform.broker)
        app = make_app(platform, {}, health_routes(required, {"redis": redis_check(redis_client)}))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://kit")
        async with app.router.lifespan_context(app):
            assert (await client.get("/health/live")).json() == {"status": "ok"}
            ready = await client.get("/health/ready")
            assert ready.status_code == 200
            assert ready.json() == {"status": "ok", "checks": {"postgres": True, "rabbitmq": True, "redis": True}}
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["checks"]["rabbitmq"]) == (503, False)
        await platform.database.close()


PROGRAM = """
import sys
from contracts.syncs import SyncRequestedV1
from contracts.topics import INGESTOR_SYNCS
from servicekit.consume import consume
from servicekit.checks import standard_checks
from servicekit.health import health_routes
from servicekit.listening import serve
from servicekit.serving import make_app, make_platform
from servicekit.settings import ServiceSettings
import asyncio

async def handle(connection, event):
    print("handling", flush=True)
    await asyncio.sleep(0.5)
    print("handled", flush=True)

settings = ServiceSettings()
platform = make_platform("kit", settings)
consume(platform.broker, platform.database, INGESTOR_SYNCS, {SyncRequestedV1: handle})
serve(make_app(platform, {}, health_routes(standard_checks(platform.database, platform.broker))), settings)
"""


async def test_sigterm_lets_the_handler_finish_and_every_line_is_json_without_secrets(
    db: Database, kit_url: str, vhost: str, amqp: object
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = os.environ | {"DATABASE_URL": kit_url, "RABBITMQ_URL": vhost, "REDIS_URL": "redis://x", "PORT": str(port)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, env=env, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

            async def ready() -> bool:
                try:
                    return (await client.get("/health/ready")).status_code == 200
                except httpx.TransportError:
                    return False

            await eventually(ready)
            memory = psutil.Process(process.pid).memory_info().rss / 2**20
            async with db.transaction() as connection:
                await append(connection, [sync_requested()])

            assert process.stdout is not None
            written = b""
            async with asyncio.timeout(60):
                while b"handling" not in written:
                    written += await process.stdout.readline()
            # An open connection does not hold the stop up.
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(60):
                rest, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    output = (written + rest).decode()
    lines = output.splitlines()
    assert lines.count("handling") == lines.count("handled") == 1
    entries = [json.loads(line) for line in lines if not line.startswith("handl")]
    assert [entry["event"] for entry in entries if entry["event"].startswith("service.")] == [
        "service.started",
        "service.stopping",
    ]
    assert {entry["service"] for entry in entries} == {"kit"}
    for url in (kit_url, vhost):
        assert url.split("@")[0].rsplit(":", 1)[1] not in output
    assert process.returncode in (0, -signal.SIGTERM)
    assert memory < 150
