"""`python -m reporter`, as an operator calls it."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from local import servers as local_servers
from support.databases import Databases
from support.eventually import eventually


@pytest.fixture
def environment(databases: Databases, servers: local_servers.Servers, rabbitmq_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": databases.urls["reporter"],
        "REDIS_URL": servers.redis_url,
        "RABBITMQ_URL": rabbitmq_url,
    }


@pytest.fixture
async def migrated(environment: dict[str, str], databases: Databases) -> None:
    await (await databases.connect("reporter")).close()


@pytest.mark.usefixtures("migrated")
async def test_migrating_again_changes_nothing(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "reporter", "migrate"]
    result = await asyncio.to_thread(subprocess.run, command, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.usefixtures("migrated")
async def test_it_serves_until_sigterm_and_stops_cleanly(
    environment: dict[str, str], unused_tcp_port: int, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "reporter", "serve", env={**environment, "PORT": str(unused_tcp_port)}, stdout=output
        )

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                answer = await client.get(f"http://127.0.0.1:{unused_tcp_port}/health/ready")
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    try:
        await eventually(ready)
    finally:
        process.send_signal(signal.SIGTERM)
        returned = await asyncio.wait_for(process.wait(), 30)
    # uvicorn ends by the signal itself, once everything is stopped.
    assert returned == -signal.SIGTERM, log.read_text()
    assert "service.stopping" in log.read_text()
