"""An hour of two hundred cabinets with two ingestors, at several times WB's speed; then the same beside first loads.

Somewhere something is ordered all the time. What is counted: answers 429, the calls for orders that were made of those
that WB permits, how late each order is stored and told; and how much later while fifty more cabinets are loaded for the
first time.
"""

import asyncio
import os
import random
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
from demo.accounting import percentile
from servicekit.topology import declare_topology
from support.databases import Databases, fresh_databases
from wbsim.running import Wbsim, running_wbsim

from bench.command import run, say
from bench.figures import Figures, entry
from bench.many_cabinets import ORDERS_PATH, Latencies, Seller, know, let, settings
from bench.processes import running_service

INTERVAL = 60.0
"""Seconds in which WB permits one more call for orders."""


@dataclass(frozen=True)
class Sizes:
    """How many cabinets and ingestors, how fast WB is, and how many of its minutes are measured."""

    cabinets: int = 200
    ingestors: int = 2
    rate: float = 2.0
    """Two ingestors on two cores do 35 runs a second; six times as fast they would be what is measured."""
    minutes: float = 8.0
    """Of WB's, twice. 30 are the hour."""
    warm_up: float = 30.0
    workers: int = 16
    orders_per_second: float = 10.0
    loading: int = 50
    """Cabinets that are loaded for the first time meanwhile, in the second half."""
    loading_orders: int = 400


@dataclass(frozen=True)
class _Half:
    calls: int
    seconds: float
    refused: int
    stored: list[float]
    told: list[float]
    untold: int


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        alone, beside = await _halves(databases, sizes)
    return _figures(sizes, alone, beside)


async def _halves(databases: Databases, sizes: Sizes) -> tuple[_Half, _Half]:
    await (await databases.connect("ingestor")).close()
    url = databases.urls["ingestor"]
    async with (
        running_wbsim(products=1, history_orders=0, limits_factor=sizes.rate, open_lots=sizes.cabinets) as wb,
        AsyncExitStack() as stack,
    ):
        database = await asyncpg.connect(url)
        sellers = await let(wb, sizes.cabinets)
        await know(database, sellers, rate=sizes.rate)
        env = settings(sizes.rate, wb.url, url, workers=sizes.workers)
        for _ in range(sizes.ingestors):
            await stack.enter_async_context(running_service("ingestor", env))
        await asyncio.sleep(sizes.warm_up)
        say("alone")
        alone = await _half(wb, database, sellers, sizes)
        new = await let(wb, sizes.loading, history_orders=sizes.loading_orders)
        await know(database, new, rate=sizes.rate, loaded=False)
        say(f"beside {sizes.loading} first loads")
        beside = await _half(wb, database, sellers, sizes)
        await database.close()
    return alone, beside


async def _half(wb: Wbsim, database: asyncpg.Connection, sellers: list[Seller], sizes: Sizes) -> _Half:
    latencies, chance = Latencies(), random.Random(3)
    before, began = await _calls(wb), time.monotonic()
    refused = await _refused(wb)
    async with latencies.listening(os.environ["RABBITMQ_URL"]):
        until = began + sizes.minutes * 60 / sizes.rate
        while time.monotonic() < until:
            await latencies.order(wb, chance.choice(sellers))
            await asyncio.sleep(1 / sizes.orders_per_second)
        calls, seconds = await _calls(wb) - before, time.monotonic() - began
        untold = await latencies.all_told(3 * INTERVAL / sizes.rate + 5)
    stored = await latencies.stored_seconds(database)
    return _Half(calls, seconds, await _refused(wb) - refused, stored, latencies.told_seconds(), untold)


async def _calls(wb: Wbsim) -> int:
    return (await wb.counts()).get((ORDERS_PATH, 200), 0)


async def _refused(wb: Wbsim) -> int:
    return sum(n for (_, status), n in (await wb.counts()).items() if status == 429)


def _figures(sizes: Sizes, alone: _Half, beside: _Half) -> Figures:
    of = f"{sizes.cabinets} cabinets, {sizes.ingestors} ingestors, {sizes.rate:g} times as fast"
    permitted = sizes.rate / INTERVAL
    beside_permitted = permitted * (sizes.cabinets + sizes.loading)
    permitted *= sizes.cabinets
    late = {share: (percentile(alone.stored, share), percentile(beside.stored, share)) for share in (0.5, 0.95)}
    return {
        f"{of}: answers 429": entry(alone.refused + beside.refused, None, "answers"),
        "calls for orders, of those permitted": entry(100 * alone.calls / alone.seconds / permitted, None, "%"),
        "… beside first loads": entry(100 * beside.calls / beside.seconds / beside_permitted, None, "%"),
        "WB permits a call for orders every": entry(INTERVAL / sizes.rate, None, "s"),
        "shown to stored, p50, beside first loads and alone": entry(late[0.5][1], late[0.5][0], "s", digits=2),
        "shown to stored, p95, beside first loads and alone": entry(late[0.95][1], late[0.95][0], "s", digits=2),
        "stored to told, p95": entry(_after(alone.told, alone.stored), None, "s", digits=2),
        "orders": entry(len(alone.stored) + len(beside.stored), None, "orders"),
        "not told": entry(alone.untold + beside.untold, None, "orders"),
    }


def _after(told: list[float], stored: list[float]) -> float | None:
    later, earlier = percentile(told, 0.95), percentile(stored, 0.95)
    return None if later is None or earlier is None else later - earlier


if __name__ == "__main__":
    run(measure, Sizes())
