"""What being seen costs the reporter: traces at 10 % sampling and metrics, beside neither, in turns in one run.

Live orders, each an event of its own, flow through a reporter's process at a steady rate; what counts is the processor
time it takes, which says how many it could do, and hardly depends on what else the machine does. Observed, it keeps a
tenth of the traces and writes them into a store, and its metrics are read every 5 s; unobserved, it makes no spans and
its metrics count nothing.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from demo.accounting import percentile
from local.ports import free_port
from servicekit.traces.store import count
from support.databases import Databases, fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry
from bench.live_orders import Rate, through_reporter
from bench.processes import cpu_seconds, memory_mb

RATIO = 0.1
SCRAPE_SECONDS = 5.0
UNOBSERVED = ("bench.unobserved", "reporter")


@dataclass(frozen=True)
class Sizes:
    """How many turns of each way, how many events a second in them, and for how long after a warming up."""

    rounds: int = 3
    per_second: int = 100
    cabinets: int = 100
    warm_seconds: float = 10.0
    seconds: float = 20.0


@dataclass(frozen=True)
class Turn:
    """What one turn took: milliseconds of processor time an event, megabytes, milliseconds until each was reported."""

    cpu_ms: float
    memory: float
    latencies: list[float]


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL (an administrator's), REDIS_URL and RABBITMQ_URL."""
    turns: dict[bool, list[Turn]] = {True: [], False: []}
    with TemporaryDirectory() as folder:
        for number in range(sizes.rounds):
            # Whoever comes second meets caches that are warm: each way comes first in turn.
            for observed in (True, False) if number % 2 else (False, True):
                say(f"round {number + 1} of {sizes.rounds}, {'observed' if observed else 'unobserved'}")
                async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
                    turns[observed].append(await _turn(databases, sizes, Path(folder) if observed else None))
        spans = count(Path(folder))
    if not spans:
        raise RuntimeError("no span was stored: the figures mean nothing")
    ours, bare = turns[True], turns[False]
    cpu_ms, bare_cpu_ms = (median(turn.cpu_ms for turn in each) for each in (ours, bare))
    memory, bare_memory = (median(turn.memory for turn in each) for each in (ours, bare))
    p99, bare_p99 = (percentile([ms for turn in each for ms in turn.latencies], 0.99) for each in (ours, bare))
    return {
        "events of a live order each, a second of processor time": entry(1000 / cpu_ms, 1000 / bare_cpu_ms, "events/s"),
        "processor time of the reporter": entry(cpu_ms, bare_cpu_ms, "ms an event", digits=3),
        "its memory then": entry(memory, bare_memory, "MB"),
        f"orders.updated to orders.reported, p99, {sizes.per_second} events/s": entry(p99, bare_p99, "ms"),
        "spans that were stored": entry(spans, None, "spans", digits=None),
    }


async def _turn(databases: Databases, sizes: Sizes, store: Path | None) -> Turn:
    rate = Rate(sizes.cabinets, sizes.per_second, 1, 100)
    port = free_port()
    env = {"TRACE_STORE": str(store), "TRACE_RATIO": str(RATIO)} if store else {"OTEL_SDK_DISABLED": "true"}
    async with AsyncExitStack() as stack:
        live, process = await stack.enter_async_context(
            through_reporter(databases, rate, env, port=port, words=["reporter"] if store else UNOBSERVED)
        )
        await live.during(asyncio.sleep(sizes.warm_seconds), "warming up")
        if store:
            await stack.enter_async_context(_scraped(f"http://127.0.0.1:{port}/metrics"))
        used = cpu_seconds(process)
        told = await live.during(asyncio.sleep(sizes.seconds), "live events")
        used = cpu_seconds(process) - used
        if told.missing or not told.milliseconds:
            raise RuntimeError(f"{told.missing} events were not reported: the figures mean nothing")
        return Turn(used / len(told.milliseconds) * 1000, memory_mb(process), told.milliseconds)


@asynccontextmanager
async def _scraped(url: str) -> AsyncIterator[None]:
    async def scrape() -> None:
        async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
            while True:
                (await client.get(url)).raise_for_status()
                await asyncio.sleep(SCRAPE_SECONDS)

    task = asyncio.create_task(scrape())
    try:
        yield
        if task.done():
            task.result()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


if __name__ == "__main__":
    run(measure, Sizes())
