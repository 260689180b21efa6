"""A replay through a reporter of its own: how many order changes a second, in how much memory, and beside live orders.

The log is the ingestor's outbox, filled before; the replayer is `python -m servicekit replay`, as operators start it.
Once into empty tables, where all of it is new; then again, where all of it is known; then one cabinet beside live
orders, whose latency is that from their publishing to the arrival of their `orders.reported`.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from contracts.envelope import Origin
from support.databases import Databases, fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.live_orders import WARM_UP_SECONDS, Rate, order_event, through_reporter
from bench.processes import memory_mb, peak_mb

_HANDLED = "SELECT count(*) FROM inbox WHERE consumer LIKE '%.backfill'"
_TO_BE_COUNTED = "SELECT EXISTS (SELECT FROM stale_cabinets WHERE part = 'cells' AND cabinet_id = ANY ($1))"

WAIT_SECONDS = 1800.0
LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Sizes:
    """How much is replayed, and beside what."""

    changes: int = 50_000
    event: int = 500
    cabinets: int = 10
    items: int = 500
    """Of each cabinet."""
    days: int = 90
    live_per_second: int = 100
    live_event: int = 5
    alone_seconds: float = 20.0
    live: int = 1
    """0: only the first replay, without live orders after it."""

    @property
    def of_each(self) -> int:
        """Changes of each cabinet."""
        return self.changes // self.cabinets

    @property
    def cabinet_ids(self) -> list[UUID]:
        return [UUID(int=n) for n in range(1, self.cabinets + 1)]


@dataclass
class Outcome:
    """What one run showed."""

    new_seconds: float = 0.0
    counted_seconds: float = 0.0
    known_seconds: float = 0.0
    beside_seconds: float = 0.0
    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    replayer_mb: float = 0.0
    reporter_mb: list[float] = field(default_factory=list)
    """In each tenth of the first replay."""
    reporter_peak_mb: float = 0.0
    told: int = 0


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    found = await _run(sizes)
    what = f"a replay of {sizes.changes:,} order changes"
    flat = f"{min(found.reporter_mb):.0f} to {max(found.reporter_mb):.0f}"
    figures = {
        f"{what} into empty tables": entry(sizes.changes / found.new_seconds, None, "changes/s"),
        f"{what} with days and periods counted": entry(sizes.changes / found.counted_seconds, None, "changes/s"),
        "replayer, peak memory": entry(found.replayer_mb, None, "MB"),
        f"reporter, peak memory ({flat} in its tenths)": entry(found.reporter_peak_mb, None, "MB"),
        "events told of replays": entry(found.told, None, "events"),
    }
    if sizes.live:
        figures[f"{what} that are known"] = entry(sizes.changes / found.known_seconds, None, "changes/s")
        figures[f"a replay of {sizes.of_each:,} beside live orders"] = entry(
            sizes.of_each / found.beside_seconds, None, "changes/s"
        )
        live = f"{len(found.beside_ms)} live events beside a replay"
        figures |= percentiles(live, found.beside_ms, found.alone_ms)
    return figures


async def _run(sizes: Sizes) -> Outcome:
    """One run on an empty database."""
    outcome = Outcome()
    rate = Rate(50, sizes.live_per_second, sizes.live_event, 300)
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        for service in ("ingestor", "gateway"):
            await (await databases.connect(service)).close()
        await _fill(databases, sizes)
        async with through_reporter(databases, rate) as (live, reporter):
            replay = _Replay(databases, os.environ["RABBITMQ_URL"], sizes, outcome)

            def watched() -> None:
                outcome.reporter_mb.append(memory_mb(reporter))

            outcome.new_seconds, outcome.counted_seconds = await replay.run(watched=watched)
            outcome.reporter_peak_mb = peak_mb(reporter)
            if not sizes.live:
                return outcome
            outcome.known_seconds, _ = await replay.run()
            await live.during(asyncio.sleep(WARM_UP_SECONDS), "warming up")
            alone = await live.during(asyncio.sleep(sizes.alone_seconds), "live orders alone")

            async def beside() -> None:
                outcome.beside_seconds, _ = await replay.run(cabinet_id=sizes.cabinet_ids[0])

            told = await live.during(beside(), "beside a replay")
            outcome.alone_ms, outcome.beside_ms = alone.milliseconds, told.milliseconds
            outcome.told = alone.of_nothing + told.of_nothing
            outcome.reporter_peak_mb = peak_mb(reporter)
    return outcome


async def _fill(databases: Databases, sizes: Sizes) -> None:
    """The log of the ingestor: each cabinet's orders over its days, sent long ago."""
    connection = await asyncpg.connect(databases.urls["ingestor"])
    columns = ["cabinet_id", "created_at", "id", "type", "origin", "body", "sent_at"]
    try:
        await connection.copy_records_to_table("outbox", records=_records(sizes), columns=columns)
        await connection.execute("ANALYZE outbox")
    finally:
        await connection.close()


def _records(sizes: Sizes) -> Iterator[tuple[Any, ...]]:
    chance, now = random.Random(11), datetime.now(UTC)
    each = sizes.of_each
    for cabinet_id in sizes.cabinet_ids:
        for first in range(0, each, sizes.event):
            numbers = range(first, min(first + sizes.event, each))
            moments = [now - timedelta(days=sizes.days) * (1 - n / each) for n in numbers]
            rows = [(moment, chance.randint(1, sizes.items)) for moment in moments]
            event, body = order_event(cabinet_id, Origin.LIVE, rows)
            at = moments[-1]
            yield cabinet_id, at, UUID(int=event.id.int), event.type, event.origin.value, body, at


class _Replay:
    """The replayer as a process, and what its consumer has made of it."""

    def __init__(
        self,
        databases: Databases,
        broker_url: str,
        sizes: Sizes,
        outcome: Outcome,
    ) -> None:
        self._url = databases.urls["reporter"]
        self._broker_url = broker_url
        self._sizes = sizes
        self._outcome = outcome

    async def run(
        self, *, cabinet_id: UUID | None = None, watched: Callable[[], None] | None = None
    ) -> tuple[float, float]:
        """Seconds until all of it, or of a cabinet, was handled, and until days and periods were counted too."""
        reading = await asyncpg.connect(self._url)
        chosen = ["--cabinet", str(cabinet_id)] if cabinet_id else []
        process = await asyncio.create_subprocess_exec(
            "nice", "-n", "10", sys.executable, "-m", "servicekit", "replay", "start", "reporter", *chosen,
            env=os.environ | {"DATABASE_URL": self._url, "RABBITMQ_URL": self._broker_url},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                began = None
                events = -(-self._sizes.of_each // self._sizes.event) * (1 if cabinet_id else self._sizes.cabinets)
                before = await reading.fetchval(_HANDLED)
                tenth = 1
                while (handled := await reading.fetchval(_HANDLED) - before) < events:
                    if handled and began is None:
                        began = time.perf_counter()
                    if watched is not None and handled * 10 >= events * tenth:
                        tenth += 1
                        watched()
                    if process.returncode is None:
                        self._outcome.replayer_mb = max(self._outcome.replayer_mb, peak_mb(process))
                    await asyncio.sleep(LOOK_SECONDS)
                stored = time.perf_counter()
                if await process.wait():
                    raise RuntimeError("the replayer failed")
                while await reading.fetchval(_TO_BE_COUNTED, self._sizes.cabinet_ids):  # noqa: ASYNC110  # another's work
                    await asyncio.sleep(LOOK_SECONDS)
                took = stored - (began or stored), time.perf_counter() - (began or stored)
                say(f"replayed {events} events in {took[0]:.1f} s, counted after {took[1]:.1f} s")
                return took
        finally:
            await reading.close()


if __name__ == "__main__":
    run(measure, Sizes())
