"""Reads that the cache does not have: beside a bare FastAPI app that sends what one query of asyncpg gives, and those
of a shop of ten million orders beside those of one of ten thousand.

Every request asks for what was not asked before. Each way is a process of its own; they are asked in turns.
"""

import os
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from uuid import UUID

import asyncpg
from demo.accounting import percentile
from gateway.answers.pipeline import PREFIX
from local.ports import free_port
from servicekit import clock
from servicekit.topology import declare_topology
from support.databases import fresh_databases
from support.gateway import UNLIMITED

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.gateway import SETTINGS, bare_app, connected
from bench.http_load import Load, ask, ask_at
from bench.processes import running_service

DAYS = 365
PORTION = 500_000
LISTED = 50
WARM_SECONDS = 3.0
"""Until connections are open and plans are made: what comes then is not counted."""

# An item's orders are spread over the year; names, prices and states repeat as they do at Wildberries.
_ORDERS = """
INSERT INTO order_facts (cabinet_id, order_id, revision, srid, ordered_at, last_change_at, day, nm_id, supplier_article,
    barcode, tech_size, brand, subject, warehouse_name, region_name, total_price, discount_percent, price_with_disc,
    finished_price, is_cancel, currency, updated_at)
SELECT $1, uuidv7(), 1, 'bench-' || n, moment, moment, CAST(moment AT TIME ZONE INTERVAL '3 hours' AS date),
    1000 + n * 7919 % $2, 'HD-' || n * 7919 % $2, '20390001188' || n % 100, (ARRAY['S', 'M', 'L', 'XL'])[1 + n % 4],
    'Veter', 'Hudi', (ARRAY['Koledino', 'Kazan', 'Tula', 'Elektrostal'])[1 + n % 4], 'Region ' || n % 80, 2490, 40,
    1494, 1135, n % 9 = 0, 'RUB', now()
FROM generate_series($3::bigint, $4::bigint) AS n,
    LATERAL (SELECT now() - make_interval(secs => (n * 104729 % 31536000)) AS moment) AS at
"""


@dataclass(frozen=True)
class Sizes:
    """Orders of the two shops, items of each, how often each question is asked; and how many come at once."""

    few: int = 10_000
    many: int = 10_000_000
    items: int = 200
    requests: int = 400
    turns: int = 4
    connections: int = 1
    a_second: float = 200
    """Requests that come evenly, of one order and of a list in turns, for so many seconds."""
    seconds: float = 10

    @property
    def evenly(self) -> int:
        """How many requests come so."""
        return int(self.a_second * (WARM_SECONDS + self.seconds))


Paths = Callable[[random.Random], Iterator[str]]


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        await (await databases.connect("reporter")).close()
        await (await databases.connect("ingestor")).close()
        (small_key, small), (large_key, large) = await connected(databases, 1001, 1002)
        samples = {}
        for cabinet_id, count in ((small, sizes.few), (large, sizes.many)):
            samples[cabinet_id] = await _store(databases.urls["reporter"], cabinet_id, count, sizes)
        ours, bare = free_port(), free_port()
        env = {**SETTINGS, "DATABASE_URL": databases.urls["gateway"]}
        env |= UNLIMITED
        async with (
            running_service("gateway", env, port=ours),
            bare_app(bare, databases.urls["reporter"]),
        ):
            figures: Figures = {}
            for name, of in _bare_questions(small, samples[small], sizes).items():
                figures |= await _beside_bare(name, sizes, (ours, of[0], small_key), (bare, of[1]))
            figures |= await _evenly(sizes, ours, samples[small], small_key)
            for name, path in _questions(sizes).items():
                figures |= await _beside_few(name, sizes, ours, path, small_key, large_key)
            return figures


async def _store(url: str, cabinet_id: UUID, count: int, sizes: Sizes) -> list[str]:
    """So many orders; the ids of some."""
    connection = await asyncpg.connect(url)
    try:
        for first in range(1, count + 1, PORTION):
            await connection.execute(
                _ORDERS, cabinet_id, sizes.items, first, min(count, first + PORTION - 1), timeout=600
            )
            say(f"{min(count, first + PORTION - 1):,} of {count:,} orders stored")
        await connection.execute("VACUUM ANALYZE order_facts", timeout=900)
        found = await connection.fetch(
            "SELECT order_id FROM order_facts WHERE cabinet_id = $1 ORDER BY order_id LIMIT $2",
            cabinet_id,
            sizes.requests * (sizes.turns + 1) * 2 + sizes.evenly,
        )
        return [str(row["order_id"]) for row in found]
    finally:
        await connection.close()


def _bare_questions(
    cabinet_id: UUID, ids: list[str], sizes: Sizes
) -> Mapping[str, tuple[Iterator[str], Iterator[str]]]:
    orders, bare_orders = iter(ids), iter(ids)
    pages = ((nm_id, limit) for limit in range(LISTED, 2 * LISTED) for nm_id in range(1000, 1000 + sizes.items))
    asked = list(pages)
    return {
        "one order": (
            (f"{PREFIX}orders/{order}" for order in orders),
            (f"/orders/{order}?cabinet={cabinet_id}" for order in bare_orders),
        ),
        f"an item's newest {LISTED} to {2 * LISTED} orders": (
            (f"{PREFIX}orders?nm_id={nm_id}&limit={limit}" for nm_id, limit in asked),
            (f"/orders?cabinet={cabinet_id}&nm_id={nm_id}&limit={limit}" for nm_id, limit in asked),
        ),
    }


def _questions(sizes: Sizes) -> Mapping[str, Paths]:
    today = clock.now().date()

    def of(query: str) -> Paths:
        def paths(chance: random.Random) -> Iterator[str]:
            while True:
                day = today - timedelta(days=chance.randrange(1, DAYS))
                values = {"nm_id": 1000 + chance.randrange(sizes.items), "limit": chance.randint(40, 60), "day": day}
                yield f"{PREFIX}orders?{query.format(**values)}"

        return paths

    return {
        "orders from a day on": of("limit={limit}&from={day}"),
        "orders up to a day": of("limit={limit}&to={day}"),
        "orders of an item": of("limit={limit}&nm_id={nm_id}"),
        "orders of an item up to a day": of("limit={limit}&nm_id={nm_id}&to={day}"),
    }


async def _beside_bare(
    name: str, sizes: Sizes, ours: tuple[int, Iterator[str], str], bare: tuple[int, Iterator[str]]
) -> Figures:
    loads = (Load(), Load())
    ways: tuple[tuple[int, Iterator[str], dict[str, str]], ...] = (
        (ours[0], ours[1], {"Authorization": f"Bearer {ours[2]}"}),
        (bare[0], bare[1], {}),
    )
    for turn in range(sizes.turns + 1):
        for load, (port, paths, headers) in zip(loads, ways, strict=True):
            each = sizes.requests // sizes.turns
            found = await ask(port, paths, headers, connections=sizes.connections, requests=each)
            if turn:  # the first opens connections and makes plans
                load.add(found)
    _all_answered(loads)
    say(name)
    return percentiles(f"{name}, not kept", loads[0].latencies_ms, loads[1].latencies_ms)


async def _evenly(sizes: Sizes, port: int, ids: list[str], key: str) -> Figures:
    pages = ((1000 + n % sizes.items, LISTED - 1 - n // sizes.items) for n in range(sizes.evenly))
    paths = chain.from_iterable(
        (f"{PREFIX}orders/{order}", f"{PREFIX}orders?nm_id={nm_id}&limit={limit}")
        for order, (nm_id, limit) in zip(reversed(ids), pages, strict=False)
    )
    headers = {"Authorization": f"Bearer {key}"}
    await ask_at(port, paths, headers, a_second=sizes.a_second, seconds=WARM_SECONDS)
    load = await ask_at(port, paths, headers, a_second=sizes.a_second, seconds=sizes.seconds)
    _all_answered((load,))
    name = f"{sizes.a_second:g} reads a second, not kept"
    say(name)
    return {
        f"{name}, p{percent}": entry(percentile(load.latencies_ms, percent / 100), None, "ms") for percent in (50, 99)
    }


async def _beside_few(name: str, sizes: Sizes, port: int, paths: Paths, small_key: str, large_key: str) -> Figures:
    chance, loads = random.Random(5), (Load(), Load())
    for turn in range(sizes.turns + 1):
        for load, key in zip(loads, (large_key, small_key), strict=True):
            headers = {"Authorization": f"Bearer {key}"}
            each = sizes.requests // sizes.turns
            found = await ask(port, paths(chance), headers, connections=sizes.connections, requests=each)
            if turn:
                load.add(found)
    _all_answered(loads)
    say(name)
    many, few = (percentile(load.latencies_ms, 0.5) for load in loads)
    return {f"{name}: {sizes.many:,} orders beside {sizes.few:,}, p50": entry(many, few, "ms")}


def _all_answered(loads: tuple[Load, ...]) -> None:
    if any(load.other_answers for load in loads):
        raise RuntimeError("not every answer was 200")


if __name__ == "__main__":
    run(measure, Sizes())
