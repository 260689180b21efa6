"""Live orders of many cabinets while one of them is loaded for the first time: how late they are, and what it takes.

The load comes in parts, each until its figures are counted or its time is over, and before each there is a while of
live events alone: whatever else the machine does meanwhile does it to both.
"""

import asyncio
import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
from contracts.envelope import Origin
from demo.accounting import percentile
from support.databases import fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.live_orders import DISCOUNTS, WARM_UP_SECONDS, LiveOrders, Rate, order_event, through_reporter
from bench.processes import cpu_seconds, peak_mb

LOOK_SECONDS = 0.5

# What is stale of a live order is told of; it comes again and again, and is not waited for.
_UNCOUNTED = """
SELECT (SELECT count(*) FROM stale_cells WHERE cabinet_id = $1 AND NOT is_told)
    + (SELECT count(*) FROM stale_sections WHERE cabinet_id = $1 AND NOT is_told)
"""

Rows = list[tuple[datetime, int]]
"""Of an event: when each order was made, and its item."""


@dataclass(frozen=True)
class Sizes:
    """How much is sent, and how fast."""

    cabinets: int = 200
    live_per_second: int = 200
    live_event: int = 25
    live_products: int = 300
    load_orders: int = 60_000
    load_event: int = 500
    load_products: int = 5_000
    load_days: int = 90
    load_per_second: int = 2_000
    """Orders of the first load, as fast as WB gives them; the ingestor stores ten times as many."""
    parts: int = 2
    alone_seconds: float = 20.0
    """Before each part; the first seconds, in which PostgreSQL and the reporter warm up, are before that."""
    part_seconds: float = 120.0
    """After which a part is over although its figures are not counted."""


@dataclass
class _Outcome:
    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    loading_cabinet_ms: list[float] = field(default_factory=list)
    told_of_load: int = 0
    missing: int = 0
    stored_seconds: float = 0.0
    counted_seconds: float = 0.0
    uncounted_parts: int = 0
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    found = _Outcome()
    rate = Rate(sizes.cabinets, sizes.live_per_second, sizes.live_event, sizes.live_products)
    async with (
        fresh_databases(os.environ["DATABASE_URL"]) as databases,
        through_reporter(databases, rate) as (
            live,
            reporter,
        ),
    ):
        await live.during(asyncio.sleep(WARM_UP_SECONDS), "warming up")
        used = cpu_seconds(reporter)
        load = _Load(live, databases.urls["reporter"], sizes, found)
        for number, part in enumerate(load.parts(), start=1):
            alone = await live.during(asyncio.sleep(sizes.alone_seconds), "live orders alone")
            found.alone_ms += alone.milliseconds
            say(f"alone: {_described(alone.milliseconds)}; part {number} of {sizes.parts} begins")
            beside = await live.during(load.send(part), f"part {number}")
            found.beside_ms += beside.milliseconds
            found.told_of_load += alone.of_nothing + beside.of_nothing
            found.missing += alone.missing + beside.missing
            found.loading_cabinet_ms += [
                each
                for each, cabinet_id in zip(beside.milliseconds, beside.cabinet_ids, strict=True)
                if cabinet_id == load.cabinet_id
            ]
            say(f"beside part {number}: {_described(beside.milliseconds)}")
        found.peak_mb = peak_mb(reporter)
        found.cpu_seconds = cpu_seconds(reporter) - used
    return _figures(sizes, found)


def _figures(sizes: Sizes, found: _Outcome) -> Figures:
    load = f"a first load of {sizes.load_orders:,} orders in events of {sizes.load_event}"
    live = f"{len(found.beside_ms) * sizes.live_event:,} live orders of {sizes.cabinets} cabinets beside {load}"
    return {
        **percentiles(live, found.beside_ms, found.alone_ms),
        "the loading cabinet's own live orders, p99": entry(percentile(found.loading_cabinet_ms, 0.99), None, "ms"),
        "live events beside it that were not reported": entry(found.missing, None, "events"),
        f"{load}, sent and stored": entry(found.stored_seconds, None, "s"),
        "… until its figures are counted": entry(found.counted_seconds, None, "s"),
        "… parts of it whose figures were not counted in time": entry(found.uncounted_parts, None, "parts"),
        "events told of the load": entry(found.told_of_load, None, "events"),
        "reporter, processor time": entry(found.cpu_seconds, None, "s"),
        "reporter, peak memory": entry(found.peak_mb, None, "MB"),
    }


def _described(milliseconds: list[float]) -> str:
    middle, high = percentile(milliseconds, 0.5) or 0.0, percentile(milliseconds, 0.99) or 0.0
    return f"{len(milliseconds)} events, p50 {middle:.1f} ms, p99 {high:.1f} ms"


class _Load:
    """The first load of one cabinet that has live orders too, oldest first as WB gives it."""

    def __init__(self, live: LiveOrders, url: str, sizes: Sizes, outcome: _Outcome) -> None:
        self.cabinet_id: UUID = live.cabinet_ids[0]
        self._live = live
        self._url = url
        self._sizes = sizes
        self._outcome = outcome
        self._sent = 0

    def parts(self) -> Iterator[list[Rows]]:
        """The events, by part."""
        events = list(_history(self._sizes))
        share = -(-len(events) // self._sizes.parts)
        for first in range(0, len(events), share):
            yield events[first : first + share]

    async def send(self, part: list[Rows]) -> None:
        """Send a part, and wait until all sent so far is stored and counted, or the time is over."""
        sizes, began = self._sizes, time.perf_counter()
        reading = await asyncpg.connect(self._url)
        try:
            async with asyncio.timeout(sizes.part_seconds):
                for n, rows in enumerate(part):
                    due = began + n * sizes.load_event / sizes.load_per_second
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    await self._live.publish(*order_event(self.cabinet_id, Origin.BACKFILL, rows))
                    self._sent += len(rows)
                while (stored := await self._stored(reading)) < self._sent:  # noqa: ASYNC110  # another process stores
                    await asyncio.sleep(LOOK_SECONDS)
                self._outcome.stored_seconds += time.perf_counter() - began
                say(f"{stored:,} orders of the load are stored")
                while await self._uncounted(reading):  # noqa: ASYNC110  # another process counts
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            self._outcome.uncounted_parts += 1
            stored, left = await self._stored(reading), await self._uncounted(reading)
            say(f"after {sizes.part_seconds:.0f} s {stored:,} orders are stored, {left:,} figures to be counted")
        finally:
            await reading.close()
        self._outcome.counted_seconds += time.perf_counter() - began

    async def _stored(self, reading: asyncpg.Connection) -> int:
        stored: int = await reading.fetchval(
            "SELECT count(*) FROM order_facts WHERE cabinet_id = $1 AND discount_percent = $2",
            self.cabinet_id,
            DISCOUNTS[Origin.BACKFILL],
        )
        return stored

    async def _uncounted(self, reading: asyncpg.Connection) -> int:
        left: int = await reading.fetchval(_UNCOUNTED, self.cabinet_id)
        return left


def _history(sizes: Sizes) -> Iterator[Rows]:
    chance, now = random.Random(11), datetime.now(UTC)
    step = timedelta(days=sizes.load_days) / sizes.load_orders
    for first in range(0, sizes.load_orders, sizes.load_event):
        numbers = range(first, min(first + sizes.load_event, sizes.load_orders))
        yield [(now - (sizes.load_orders - n) * step, chance.randint(1, sizes.load_products)) for n in numbers]


if __name__ == "__main__":
    run(measure, Sizes())
