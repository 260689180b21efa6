"""The notifier as a whole: its schema, its consumers on a real broker, its health, its silence about secrets."""

import asyncio
import os
import signal
import sys
from typing import Any
from uuid import uuid4

import httpx
import pytest
import servicekit.retention
from alembic import command as alembic_command
from notifier.app import build
from notifier.jobs import retention
from notifier.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from servicekit import db
from servicekit.broker import make_broker
from servicekit.db import Database
from servicekit.migrations import alembic_config
from servicekit.outbox import append
from servicekit.serving import Platform
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support.databases import Databases, migrations_of
from support.eventually import eventually
from support.notifying import connected, disconnected, orders_reported, reported, verified
from support.photo_host import PhotoHost, serving
from support.rows import count, rows
from tgsim.running import RunningTgsim


async def test_the_tables_are_what_the_migrations_make(databases: Databases, notifier_db: Database) -> None:
    config = alembic_config(migrations_of("notifier"), databases.urls["notifier"])
    await asyncio.to_thread(alembic_command.check, config)


async def test_the_migrations_can_be_taken_back(databases: Databases, notifier_db: Database) -> None:
    config = alembic_config(migrations_of("notifier"), databases.urls["notifier"])
    await asyncio.to_thread(alembic_command.downgrade, config, "base")
    await asyncio.to_thread(alembic_command.upgrade, config, "head")
    assert await count(notifier_db, "deliveries") == 0


async def test_deliveries_are_forgotten_long_after_they_ended(
    notifier_db: Database, handle: Any, cabinet_id: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servicekit.retention, "BATCH_ROWS", 2)
    await handle(orders_reported(cabinet_id, *(reported(cabinet_id) for _ in range(6))))
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET status = 'delivered', finished_at = now() - interval '101 days' "
            "WHERE id IN (SELECT id FROM deliveries LIMIT 5)"
        )
    await retention.forget_old(notifier_db)
    assert await rows(notifier_db, "SELECT status FROM deliveries") == [{"status": "pending"}]


@pytest.fixture
def full_settings(settings: Settings, rabbitmq_url: str) -> Settings:
    return settings.model_copy(update={"rabbitmq_url": SecretStr(rabbitmq_url)})


@pytest.fixture
async def platform(full_settings: Settings) -> Platform:
    provider = TracerProvider()
    return Platform(
        service="notifier",
        settings=full_settings,
        database=db.connect(full_settings),
        broker=make_broker(full_settings.rabbitmq_url.get_secret_value(), "notifier"),
        tracer_provider=provider,
    )


async def test_events_on_the_broker_become_messages(
    platform: Platform, full_settings: Settings, notifier_db: Database, tgsim: RunningTgsim
) -> None:
    kept, gone = uuid4(), uuid4()
    app = build(platform, full_settings)
    async with app.router.lifespan_context(app):
        # Any outbox will do: the relay of this process publishes what is in it.
        first = [connected(kept, 7, name=None), connected(gone, 8), verified(kept, "ООО Ветер"), disconnected(gone)]
        await _publish(notifier_db, *first)
        await eventually(lambda: _is_told(notifier_db, "ООО Ветер"))
        await _publish(notifier_db, orders_reported(kept), orders_reported(gone))
        await tgsim.wait_for_messages(1, timeout_seconds=60)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notifier") as client:
            assert (await client.get("/health/live")).status_code == 200
            assert (await client.get("/health/ready")).json()["checks"] == {
                "postgres": True, "rabbitmq": True, "redis": True
            }  # fmt: skip
        await eventually(lambda: _inbox_has(notifier_db, 6))
    assert [message["chat_id"] for message in tgsim.messages()] == [7]
    assert "🏬 ООО Ветер" in tgsim.messages()[0]["text"]


async def _publish(database: Database, *events: Any) -> None:
    for event in events:
        async with database.transaction() as connection:
            await append(connection, [event])


async def _is_told(database: Database, seller_name: str) -> bool:
    found = await rows(database, "SELECT cabinet_id FROM cabinets WHERE seller_name = :name", name=seller_name)
    members = await rows(database, "SELECT telegram_id FROM members")
    return bool(found) and [row["telegram_id"] for row in members] == [7]


async def _inbox_has(database: Database, events: int) -> bool:
    return await count(database, "inbox") == events


class Collector:
    """Takes traces as an OTLP endpoint does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        return Response()


async def test_a_process_delivers_stops_cleanly_and_holds_secrets_out_of_logs_and_traces(
    full_settings: Settings, notifier_db: Database, handle: Any, tgsim: RunningTgsim, photo_host: PhotoHost
) -> None:
    cabinet_id, collector = uuid4(), Collector()
    await handle(connected(cabinet_id, 7))
    tgsim.add_fault(kind="status", status=500)
    async with serving(Starlette(routes=[Route("/v1/traces", collector.take, methods=["POST"])])) as otlp:
        environment = {**os.environ, **_environment(full_settings), "OTEL_EXPORTER_OTLP_ENDPOINT": otlp, "PORT": "0"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notifier", "serve", env=environment | {"LOG_LEVEL": "DEBUG"},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            orders = (reported(cabinet_id, photo=photo_host.url("a.png")), reported(cabinet_id), reported(cabinet_id))
            await handle(orders_reported(cabinet_id, *orders))
            await tgsim.wait_for_messages(2, timeout_seconds=60)
            await eventually(lambda: _delivered(notifier_db, 2))
        finally:
            output = await _stopped(process)
    secret = tgsim.token.partition(":")[2].encode()
    traces = b"".join(collector.bodies)
    assert process.returncode in (0, -signal.SIGTERM)
    assert b"delivery.not_delivered" in output
    assert b"telegram sendPhoto" in traces
    assert secret not in output
    assert secret not in traces
    for table in ("deliveries", "delivery_attempts", "outbox"):
        assert secret not in str(await rows(notifier_db, f"SELECT * FROM {table}")).encode()


async def _stopped(process: asyncio.subprocess.Process) -> bytes:
    """What the process printed until it stopped; one that does not within 40 s is killed and shown."""
    process.terminate()
    assert process.stdout
    output = b""
    try:
        async with asyncio.timeout(60):
            while chunk := await process.stdout.read(65536):
                output += chunk
            await process.wait()
    except TimeoutError:
        process.kill()
        pytest.fail(f"still running 40 s after SIGTERM; its last words: {output[-2000:].decode()}")
    return output


def _environment(settings: Settings) -> dict[str, str]:
    values = {name.upper(): getattr(settings, name) for name in settings.model_fields_set}
    return {name: v.get_secret_value() if isinstance(v, SecretStr) else str(v) for name, v in values.items()}


async def _delivered(database: Database, deliveries: int) -> bool:
    return len(await rows(database, "SELECT 1 FROM deliveries WHERE status = 'delivered'")) >= deliveries
