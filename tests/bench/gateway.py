"""Cached reads of the gateway beside a bare FastAPI app under the same server that returns the same bytes from Redis.

Both are processes of their own with one Redis; they are asked in turns, so that what else the machine does meets both.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import repeat
from uuid import UUID, uuid4

import httpx
import redis.asyncio
from gateway import keys
from gateway.answers.pipeline import PREFIX
from local.ports import free_port
from servicekit.topology import declare_topology
from sqlalchemy import text
from support.databases import Databases, fresh_databases
from support.eventually import eventually
from support.gateway import PUBLIC_KEY, UNLIMITED
from support.stored_orders import minutes_apart, store

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.http_load import HOST, Load, ask
from bench.processes import memory_mb, running_service

TELEGRAM_ID = 1001
LISTED = 50


_CONNECT = (
    text("INSERT INTO users VALUES (:user)"),
    text("""
        INSERT INTO wb_cabinets (cabinet_id, owner_telegram_id, seller_id, sealed_token, kind, categories,
            read_only, expires_at, status, connected_at, connect_event_id)
        VALUES (:cabinet_id, :user, gen_random_uuid(), '', 'personal', '{}', true, now(), 'verified', now(),
            gen_random_uuid())
    """),
    text("INSERT INTO cabinet_members (cabinet_id, telegram_id) VALUES (:cabinet_id, :user)"),
)


SETTINGS: Mapping[str, str] = {
    "SEAL_PUBLIC_KEY": PUBLIC_KEY,
    "SEAL_WEBHOOKS_PUBLIC_KEY": PUBLIC_KEY,
    "METRICS_PORT": "0",
    **UNLIMITED,
}
"""Of a gateway that is measured: nobody is limited."""


@dataclass(frozen=True)
class Sizes:
    """How often each answer is asked for, in how many turns, over how many connections."""

    requests: int = 12_000
    turns: int = 6
    connections: int = 32


async def measure(sizes: Sizes) -> Figures:
    """Requests/s and percentiles of one order and of a list of 50. Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        await (await databases.connect("ingestor")).close()
        key, order_id = await _stored(databases)
        ours, bare = free_port(), free_port()
        env = {**SETTINGS, "DATABASE_URL": databases.urls["gateway"]}
        headers = {"Authorization": f"Bearer {key}"}
        async with running_service("gateway", env, port=ours) as process, bare_app(bare):
            figures: Figures = {}
            for what, path in (
                ("one cached order", f"{PREFIX}orders/{order_id}"),
                (f"a cached list of {LISTED}", f"{PREFIX}orders?limit={LISTED}"),
                ("cached sales of a month", f"{PREFIX}analytics/sales"),
            ):
                figures |= await _compared(sizes, what, path, headers, ours=ours, bare=bare)
            return {**figures, "gateway after that, memory": entry(memory_mb(process), None, "MB", digits=None)}


async def _compared(sizes: Sizes, what: str, path: str, headers: dict[str, str], *, ours: int, bare: int) -> Figures:
    name = await _copied(path, headers, ours)
    ports: tuple[tuple[int, str, dict[str, str]], ...] = ((ours, path, headers), (bare, f"/{name}", {}))
    loads = (Load(), Load())
    for turn in range(sizes.turns + 1):
        for load, (port, asked, sent) in zip(loads, ports, strict=True):
            each = sizes.requests // sizes.turns
            found = await ask(port, repeat(asked), sent, connections=sizes.connections, requests=each)
            if turn:  # the first opens connections
                load.add(found)
    say(f"{what}: {loads[0].per_second:.0f} and {loads[1].per_second:.0f} requests/s")
    if loads[0].other_answers or loads[1].other_answers:
        raise RuntimeError("not every answer was 200")
    return {
        f"{what}, {sizes.connections} connections": entry(
            loads[0].per_second, loads[1].per_second, "requests/s", digits=None
        ),
        **percentiles(what, loads[0].latencies_ms, loads[1].latencies_ms),
    }


async def _copied(path: str, headers: dict[str, str], port: int) -> str:
    """The name under which the bare app finds what a hit answers."""
    async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", headers=headers) as client:
        await client.get(path)
        answer = await client.get(path)
    if answer.headers["X-Cache"] != "hit":
        raise RuntimeError("the second answer did not come from the cache")
    name = f"bench-{uuid4().hex}"
    async with redis.asyncio.from_url(os.environ["REDIS_URL"]) as client:
        await client.set(name, answer.content)
    return name


async def _stored(databases: Databases) -> tuple[str, str]:
    """A key of a user with a cabinet, and one of its orders."""
    reporter = await databases.connect("reporter")
    [(key, cabinet_id)] = await connected(databases, TELEGRAM_ID)
    orders = minutes_apart(cabinet_id, LISTED)
    await store(reporter, cabinet_id, orders)
    await reporter.close()
    return key, str(orders[0].order_id)


async def connected(databases: Databases, *telegram_ids: int) -> list[tuple[str, UUID]]:
    """Of each of the users a key, and a cabinet of theirs."""
    gateway = await databases.connect("gateway")
    made = []
    async with gateway.transaction() as connection:
        for user in telegram_ids:
            cabinet_id = uuid4()
            _, key = await keys.create(connection, name="bench", telegram_id=user, scopes=["read"])
            for statement in _CONNECT:
                await connection.execute(statement, {"cabinet_id": cabinet_id, "user": user})
            made.append((key, cabinet_id))
    await gateway.close()
    return made


@asynccontextmanager
async def bare_app(port: int, database_url: str = "") -> AsyncIterator[None]:
    """`bench.gateway_bare`, ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.gateway_bare", str(port), env=os.environ | {"BARE_DATABASE_URL": database_url}
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}") as client:

            async def answers() -> bool:
                try:
                    return (await client.get("/nothing")).status_code == 200
                except httpx.TransportError:
                    return False  # it has not opened its port yet

            await eventually(answers, seconds=60)
        yield
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    run(measure, Sizes())
