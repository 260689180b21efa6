"""The gateway as a process of its own: under a flood, and stopped in the middle of its work."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import cycle, repeat
from typing import Any, Protocol

import httpx
import pytest
from bench.http_load import HOST, ask
from bench.processes import Process, memory_mb, running_service
from local.ports import free_port
from local.servers import Servers
from servicekit.db import Database
from sqlalchemy import text
from support.databases import Databases
from support.eventually import eventually
from support.gateway import NOTIFIER_PUBLIC_KEY, PUBLIC_KEY, UNLIMITED, Gateway, User, wb_token

PREFIX = "/api/v1"


class Serve(Protocol):
    """Starts a gateway with these settings beside the usual ones."""

    def __call__(self, port: int, **settings: str) -> AbstractAsyncContextManager[Process]: ...


@pytest.fixture
def serve(databases: Databases, servers: Servers, redis_prefix: str, rabbitmq_url: str, gateway: Gateway) -> Serve:
    """As an installation starts it."""

    @asynccontextmanager
    async def serving(port: int, **settings: str) -> AsyncIterator[Process]:
        env = {
            "DATABASE_URL": databases.urls["gateway"],
            "REDIS_URL": servers.redis_url,
            "REDIS_KEY_PREFIX": redis_prefix,
            "RABBITMQ_URL": rabbitmq_url,
            "SEAL_PUBLIC_KEY": PUBLIC_KEY,
            "SEAL_WEBHOOKS_PUBLIC_KEY": NOTIFIER_PUBLIC_KEY,
            "METRICS_PORT": "0",
            **UNLIMITED,
            **settings,
        }
        async with running_service("gateway", env, port=port) as process:
            yield process

    return serving


async def test_a_flood_is_refused_and_harms_nobody(serve: Serve, alice: User, bob: User) -> None:
    port, allowed = free_port(), 50
    async with (
        serve(port, RATE_LIMIT_KEY=str(allowed), TRUSTED_PROXIES="127.0.0.1") as process,
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client,
    ):
        flood = {"Authorization": f"Bearer {alice.key}", "X-Forwarded-For": "192.0.2.66"}
        served: list[int] = []

        async def others() -> None:
            headers = {"Authorization": f"Bearer {bob.key}", "X-Forwarded-For": "192.0.2.7"}
            for _ in range(20):
                served.append((await client.get(f"{PREFIX}/orders", headers=headers)).status_code)

        first = await ask(port, repeat(f"{PREFIX}/orders"), flood, connections=20, requests=1_000)
        memory = memory_mb(process)
        _, load = await asyncio.gather(
            others(), ask(port, repeat(f"{PREFIX}/orders"), flood, connections=20, requests=3_000)
        )
        assert served == [200] * 20
        granted = sum(len(each.latencies_ms) - each.other_answers for each in (first, load))
        assert allowed <= granted <= allowed + allowed / 60 * (first.seconds + load.seconds) + 20
        assert memory_mb(process) - memory < 10
        refused = await client.get(f"{PREFIX}/orders", headers=flood)
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")


async def test_slow_clients_and_bodies_that_are_too_large_harm_nobody(serve: Serve, alice: User, bob: User) -> None:
    port = free_port()
    head = f"POST {PREFIX}/cabinets HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice.key}\r\n".encode()
    chunk = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
    async with serve(port) as process, httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as client:
        headers = {"Authorization": f"Bearer {bob.key}"}
        assert (await client.get(f"{PREFIX}/orders", headers=headers)).status_code == 200
        memory = memory_mb(process)

        async def send_too_much() -> bytes:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(head + b"Transfer-Encoding: chunked\r\n\r\n")
            for _ in range(16):
                writer.write(chunk)
                await writer.drain()
            answer = await reader.readline()
            writer.close()
            return answer

        slow = [(await asyncio.open_connection(HOST, port))[1] for _ in range(60)]
        for writer, begun in zip(slow, cycle([head[:50], head + b"Content-Length: 9\r\n\r\n{"])):
            writer.write(begun)
        large = [asyncio.create_task(send_too_much()) for _ in range(8)]
        served = [(await client.get(f"{PREFIX}/orders", headers=headers)).status_code for _ in range(20)]
        assert served == [200] * 20
        assert [line.split()[1] for line in await asyncio.gather(*large)] == [b"413"] * 8
        assert memory_mb(process) - memory < 30  # of 128
        for writer in slow:
            writer.close()


async def test_what_a_client_says_of_its_address_counts_only_from_a_proxy(serve: Serve) -> None:
    port = free_port()
    async with (
        serve(port, RATE_LIMIT_ADDRESS="3", TRUSTED_PROXIES="192.0.2.0/24"),
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client,
    ):
        found = [
            (await client.get("/openapi.json", headers={"X-Forwarded-For": f"198.51.100.{n}"})).status_code
            for n in range(5)
        ]
        assert found == [200] * 3 + [429] * 2


async def test_a_stop_answers_what_was_accepted_and_refuses_what_comes_then(
    serve: Serve, gateway_db: Database, alice: User
) -> None:
    port = free_port()

    async def is_refused() -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except ConnectionRefusedError:
            return True
        writer.close()
        return False

    async def waiting() -> int:
        async with gateway_db.transaction() as connection:
            found: Any = await connection.scalar(
                text("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'")
            )
            return int(found)

    async with (
        serve(port) as process,
        httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=60) as client,
    ):

        async def connect(number: int) -> int:
            headers = {"Authorization": f"Bearer {alice.key}"} | (
                {"Idempotency-Key": f"k{number}"} if number % 2 else {}
            )
            return (await client.post(f"{PREFIX}/cabinets", headers=headers, json={"token": wb_token()})).status_code

        assert (await client.get(f"{PREFIX}/cabinets", headers={"Authorization": f"Bearer {alice.key}"})).is_success
        async with gateway_db.transaction() as connection:
            await connection.execute(text("LOCK TABLE wb_cabinets IN ACCESS EXCLUSIVE MODE"))
            requests = [asyncio.create_task(connect(number)) for number in range(12)]
            await eventually(lambda: _reaches(waiting, 12))
            process.send_signal(signal.SIGTERM)
            await eventually(is_refused)
        assert await asyncio.gather(*requests) == [201] * 12
        async with asyncio.timeout(60):
            assert await process.wait() in (0, -signal.SIGTERM)
    async with gateway_db.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM wb_cabinets")) == 12


async def _reaches(count: Any, number: int) -> bool:
    return int(await count()) >= number
