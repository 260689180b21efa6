"""`python -m reporter`, as an operator calls it."""

import asyncio
import importlib
import os
import signal
import ssl
import sys
from pathlib import Path
from typing import Any

import alembic.command
import asyncpg
import httpx
import pytest
import uvicorn
from local import servers as local_servers
from reporter.__main__ import cli
from servicekit.migrations import alembic_config
from support.databases import Databases, fresh_databases, migrations_of
from support.eventually import eventually

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_EVERYTHING = """
SELECT relname, relkind, relfilenode, xmin::text AS changed FROM pg_class
WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'reporter%') ORDER BY relname, relkind
"""


@pytest.fixture
def environment(databases: Databases, servers: local_servers.Servers, rabbitmq_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": databases.urls["reporter"],
        "REDIS_URL": servers.redis_url,
        "RABBITMQ_URL": rabbitmq_url,
    }


async def is_ready(port: int) -> bool:
    try:
        async with httpx.AsyncClient(verify=_NO_TLS) as client:
            answer = await client.get(f"http://127.0.0.1:{port}/health/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == 200


@pytest.fixture
async def migrated(environment: dict[str, str], databases: Databases) -> None:
    await (await databases.connect("reporter")).close()


async def reporter(*arguments: str) -> None:
    """A command within this process, where its lines are counted; it serves in a loop of its own."""
    await asyncio.to_thread(cli, arguments, standalone_mode=False)


async def test_migrating_makes_the_schema_and_again_changes_nothing(
    servers: local_servers.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fresh_databases(servers.database_url) as fresh:
        monkeypatch.setenv("DATABASE_URL", fresh.urls["reporter"])
        connection = await asyncpg.connect(fresh.urls["reporter"])
        try:
            made = []
            for _ in range(2):
                await reporter("migrate")
                made.append(await connection.fetch(_EVERYTHING))
            assert "order_facts" in {row["relname"] for row in made[0]}
            assert made[0] == made[1]
            config = alembic_config(migrations_of("reporter"), fresh.urls["reporter"])
            await asyncio.to_thread(alembic.command.check, config)
        finally:
            await connection.close()


@pytest.mark.usefixtures("migrated")
async def test_it_serves_what_the_environment_says_until_it_is_told_to_stop(
    environment: dict[str, str], unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[uvicorn.Server] = []

    class Server(uvicorn.Server):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            running.append(self)

    monkeypatch.setattr(importlib.import_module("uvicorn.main"), "Server", Server)
    for name, value in {**environment, "PORT": str(unused_tcp_port), "REPORTS_PORT": "0"}.items():
        monkeypatch.setenv(name, value)
    serving = asyncio.create_task(reporter("serve"))
    try:
        await eventually(lambda: serving.done() or is_ready(unused_tcp_port))
    finally:
        for server in running:
            server.should_exit = True
        await serving


@pytest.mark.usefixtures("migrated")
async def test_it_serves_until_sigterm_and_stops_cleanly(
    environment: dict[str, str], unused_tcp_port: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "reporter", "serve", env={**environment, "PORT": str(unused_tcp_port)}, stdout=output
        )

    try:
        await eventually(lambda: is_ready(unused_tcp_port))
    finally:
        process.send_signal(signal.SIGTERM)
        returned = await asyncio.wait_for(process.wait(), 60)
    # uvicorn ends by the signal itself, once everything is stopped.
    assert returned == -signal.SIGTERM, log.read_text()
    assert "service.stopping" in log.read_text()
