"""The whole service on real servers, and its commands."""

import asyncio
import json
from uuid import UUID

import httpx
import pytest
from contracts.topics import INGESTOR_CABINETS, INGESTOR_SYNCS
from ingestor.__main__ import cli
from ingestor.app import build
from local.servers import Servers
from pydantic import SecretStr
from servicekit.broker import make_broker
from servicekit.db import Database
from servicekit.serving import Platform, make_platform
from support.databases import Databases, connect
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, connected, disconnected, make_settings, sync_requested
from support.outbox_rows import published
from support.rows import rows
from typer.testing import CliRunner
from wbsim.running import Wbsim


async def send(url: str, queue: str, body: bytes) -> None:
    broker = make_broker(url, "test")
    await broker.connect()
    await broker.publish(body, queue=queue, persist=True)
    await broker.stop()


@pytest.mark.usefixtures("few_resources")
async def test_events_from_the_broker_make_a_cabinet_live(
    databases: Databases,
    ingestor_db: Database,
    servers: Servers,
    rabbitmq_url: str,
    redis_prefix: str,
    wb: Wbsim,
) -> None:
    await wb.place_orders(count=2)
    settings = make_settings(
        wb.url,
        database_url=SecretStr(databases.urls["ingestor"]),
        redis_url=SecretStr(servers.redis_url),
        redis_key_prefix=redis_prefix,
        rabbitmq_url=SecretStr(rabbitmq_url),
    )
    database = connect(databases.urls["ingestor"])
    made = make_platform("ingestor", settings)
    await made.database.close()
    app = build(Platform("ingestor", settings, database, made.broker, made.tracer_provider))
    event = connected(await wb.token())
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ingestor") as http,
    ):
        assert (await http.get("/health/ready")).json()["checks"] == {
            "postgres": True,
            "rabbitmq": True,
            "redis": True,
        }
        await send(rabbitmq_url, INGESTOR_CABINETS.name, event.model_dump_json().encode())

        async def loaded() -> bool:
            return len(await published(ingestor_db, "sync.completed.v1")) == 3

        await eventually(loaded)
        request = sync_requested(event.cabinetid, "orders")
        await send(rabbitmq_url, INGESTOR_SYNCS.name, request.model_dump_json().encode())

        async def answered() -> bool:
            return request.data.sync_id in {e.data.sync_id for e in await published(ingestor_db, "sync.completed.v1")}

        await eventually(answered)
        gone = disconnected(event.cabinetid)
        await send(rabbitmq_url, INGESTOR_CABINETS.name, gone.model_dump_json().encode())

        async def forgotten() -> bool:
            return await rows(ingestor_db, "SELECT 1 FROM orders") == []

        await eventually(forgotten)


def test_it_wants_its_own_settings() -> None:
    class Other:
        settings = None

    with pytest.raises(TypeError):
        build(Other())  # type: ignore[arg-type]  # what is refused


async def test_quarantine_prints_rows_as_json_lines(
    databases: Databases, ingestor_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingestor.sync import quarantine
    from ingestor.sync.quarantine import Broken

    async with ingestor_db.transaction() as connection:
        await quarantine.put(connection, UUID(int=7), "orders", [Broken('{"srid":"ы"}'.encode(), "no nmId")], {})
    for name in ("REDIS_URL", "RABBITMQ_URL"):
        monkeypatch.setenv(name, "unused://")
    monkeypatch.setenv("DATABASE_URL", databases.urls["ingestor"])
    monkeypatch.setenv("SEAL_PRIVATE_KEYS", PRIVATE_KEY)
    result = await asyncio.to_thread(CliRunner().invoke, cli, ["quarantine", "list", "--cabinet", str(UUID(int=7))])
    assert result.exit_code == 0, result.output
    [line] = [json.loads(line) for line in result.output.splitlines()]
    assert (line["body"], line["reason"], line["times"]) == ('{"srid":"ы"}', "no nmId", 1)


async def test_migrate_again_changes_nothing(databases: Databases, ingestor_db: Database) -> None:
    url = databases.urls["ingestor"]
    result = await asyncio.to_thread(CliRunner().invoke, cli, ["migrate", "--database-url", url])
    assert result.exit_code == 0, result.output
