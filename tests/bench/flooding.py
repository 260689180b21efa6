"""A flood with one key at a gateway, and at two, while another user reads: refusals a second, and how he fared."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import httpx
from demo.accounting import percentile
from gateway.answers.pipeline import PREFIX
from local.ports import free_port
from servicekit.topology import declare_topology
from support.databases import fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry
from bench.gateway import SETTINGS, connected
from bench.http_load import HOST
from bench.processes import Process, cpu_seconds, running_service

FLOODER, READER = 1001, 1002
LIMITS = {"RATE_LIMIT_KEY": "600", "RATE_LIMIT_USER": "1200"}
"""As they are unless somebody sets them; the readers stay below."""


@dataclass(frozen=True)
class Sizes:
    """How long each flood lasts, over how many connections to each gateway, so many requests at once on each; and how
    often one of the others reads."""

    seconds: float = 20.0
    connections: int = 16
    depth: int = 12
    pause_seconds: float = 0.15


@dataclass
class _Readers:
    latencies_ms: list[float] = field(default_factory=list)
    refused: int = 0


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    figures: Figures = {}
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases, AsyncExitStack() as stack:
        for service in ("reporter", "ingestor"):
            await (await databases.connect(service)).close()
        [(flooder, _), (reader, _)] = await connected(databases, FLOODER, READER)
        ports = [free_port() for _ in range(2)]
        env = {**SETTINGS, **LIMITS, "DATABASE_URL": databases.urls["gateway"], "TRUSTED_PROXIES": HOST}
        processes = [await stack.enter_async_context(running_service("gateway", env, port=port)) for port in ports]
        for used in (1, 2):
            what = "gateway" if used == 1 else "gateways"
            figures |= await _flooded(
                sizes, f"a flood, {used} {what}", dict(zip(ports[:used], processes, strict=False)), flooder, reader
            )
    return figures


async def _flooded(sizes: Sizes, what: str, gateways: Mapping[int, Process], flooder: str, reader: str) -> Figures:
    ports, processes = list(gateways), list(gateways.values())
    readers = _Readers()
    until = time.perf_counter() + sizes.seconds
    before = sum(map(cpu_seconds, processes))
    reading = asyncio.create_task(_read(ports, reader, sizes, readers, until))
    floods = await asyncio.gather(*(_flood(port, flooder, sizes) for port in ports))
    used = sum(map(cpu_seconds, processes)) - before
    await reading
    refused = sum(each["refused"] for each in floods)
    a_second = sum(each["refused"] / each["seconds"] for each in floods)
    say(f"{what}: {a_second:.0f} refusals/s, {len(readers.latencies_ms)} reads of others")
    return {
        f"{what}: refusals": entry(a_second, None, "answers/s", digits=None),
        f"{what}: processor time of each": entry(used / refused * 1e6, None, "µs"),
        f"{what}: let through": entry(sum(each["others"] for each in floods), None, "answers", digits=None),
        f"{what}: reads of another meanwhile": entry(len(readers.latencies_ms), None, "answers", digits=None),
        f"{what}: of them not 200": entry(readers.refused, None, "answers", digits=None),
        f"{what}: their p50": entry(percentile(readers.latencies_ms, 0.5), None, "ms"),
        f"{what}: their p99": entry(percentile(readers.latencies_ms, 0.99), None, "ms"),
    }


async def _flood(port: int, key: str, sizes: Sizes) -> dict[str, float]:
    arguments = (port, key, sizes.seconds, sizes.connections, sizes.depth)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.flood_client", *map(str, arguments), stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("the flood failed")
    found: dict[str, float] = json.loads(printed)
    return found


async def _read(ports: Sequence[int], key: str, sizes: Sizes, readers: _Readers, until: float) -> None:
    headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": "192.0.2.7"}
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(httpx.AsyncClient(base_url=f"http://{HOST}:{port}{PREFIX}", timeout=30))
            for port in ports
        ]
        while time.perf_counter() < until:
            for client in clients:
                asked_at = time.perf_counter()
                answer = await client.get("orders", headers=headers)
                readers.latencies_ms.append((time.perf_counter() - asked_at) * 1000)
                readers.refused += answer.status_code != 200
            await asyncio.sleep(sizes.pause_seconds)


if __name__ == "__main__":
    run(measure, Sizes())
