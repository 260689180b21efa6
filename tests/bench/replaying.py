"""A replay of a quarter of a shop through a reporter of its own: how fast, in how much memory, and beside live orders.

The log is the outbox of ingestor and gateway, filled before; the replayer is `python -m servicekit replay`, as
operators start it. At first into empty tables, until every figure is counted; then a small shop beside live orders,
whose latency is that from their publishing to the arrival of their `orders.reported`.
"""

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from support.databases import Databases, fresh_databases

from bench import quarter_log
from bench.command import run, say
from bench.figures import Figures, entry, percentiles
from bench.live_orders import WARM_UP_SECONDS, Rate, through_reporter
from bench.processes import Process, cpu_seconds, memory_mb, peak_mb, server_cpu_seconds
from bench.quarter_log import SMALL_ITEMS, Message

SHOP, SMALL_SHOP = UUID(int=1), UUID(int=2)
LOOK_SECONDS = 0.25
PROGRESS_SECONDS = 10.0

_HANDLED = "SELECT count(*) FROM inbox WHERE consumer LIKE '%.backfill'"
_STALE = """
SELECT (SELECT count(*) FROM stale_cells WHERE cabinet_id = $1 AND NOT is_told)
    + (SELECT count(*) FROM stale_sections WHERE cabinet_id = $1 AND NOT is_told)
"""
_COLUMNS = ("cabinet_id", "created_at", "id", "type", "origin", "body", "sent_at")


@dataclass(frozen=True)
class Sizes:
    """How much is replayed, and beside what."""

    items: int = 100
    """Of the shop; 2,000 have some 2 million rows in a quarter."""
    orders: int = 12_500
    """In all days."""
    days: int = 91
    live: int = 1
    """0: without the replay beside live orders."""
    live_per_second: int = 100
    live_event: int = 5
    alone_seconds: float = 20.0
    fold_seconds: float = 1_500.0
    """A replay that is not folded in this time has failed."""
    count_seconds: float = 900.0
    """After which figures that are not counted are told as such."""

    @property
    def copies(self) -> int:
        """Of the small shop that `quarter_log` makes the large one of."""
        return max(1, self.items // SMALL_ITEMS)

    @property
    def small_orders_per_day(self) -> int:
        """Of that small shop."""
        return max(1, self.orders // self.copies // self.days)


@dataclass
class _Log:
    """What lies in the log of a cabinet."""

    events: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    """By source."""
    megabytes: float = 0.0

    def add(self, message: Message) -> None:
        self.events += 1
        self.rows[message.event.type.partition(".")[0]] += message.rows
        self.megabytes += len(message.body) / 1e6


@dataclass(frozen=True)
class _Used:
    """Processor time in seconds: what others do on the machine meanwhile makes it hardly longer."""

    reporter: float = 0.0
    postgres: float | None = None

    def since(self, before: "_Used") -> "_Used":
        postgres = None if self.postgres is None or before.postgres is None else self.postgres - before.postgres
        return _Used(self.reporter - before.reporter, postgres)


@dataclass
class _Replayed:
    """What a replay took."""

    fold_seconds: float = 0.0
    count_seconds: float = 0.0
    """From its beginning until nothing was stale."""
    uncounted: int = 0
    """What was stale still when that took too long."""
    fold_cpu: _Used = _Used()
    count_cpu: _Used = _Used()
    """After the folding."""
    replayer_mb: float = 0.0
    reporter_mb: list[float] = field(default_factory=list)
    """In each tenth of the folding."""


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        for service in ("ingestor", "gateway"):
            await (await databases.connect(service)).close()
        logs = await _fill(databases, sizes)
        async with through_reporter(databases, Rate(50, sizes.live_per_second, sizes.live_event, 300)) as (
            live,
            reporter,
        ):
            replay = _Replay(databases, sizes, reporter)
            found = await replay.run(SHOP, logs[SHOP])
            figures = _figures(sizes, logs[SHOP], found, peak_mb(reporter))
            if not sizes.live:
                return figures
            await live.during(asyncio.sleep(WARM_UP_SECONDS), "warming up")
            alone = await live.during(asyncio.sleep(sizes.alone_seconds), "live orders alone")

            async def small_one() -> None:
                nonlocal found
                found = await replay.run(SMALL_SHOP, logs[SMALL_SHOP])

            beside = await live.during(small_one(), "live orders beside a replay")
    rows = logs[SMALL_SHOP].rows.total()
    return {
        **figures,
        f"a replay of {rows:,} rows beside live orders, folded": entry(found.fold_seconds, None, "s"),
        "… all figures counted": entry(found.count_seconds, None, "s"),
        **percentiles("a live event beside that replay", beside.milliseconds, alone.milliseconds),
        "live events that were not reported": entry(alone.missing + beside.missing, None, "events"),
        "events told of the replay": entry(alone.of_nothing + beside.of_nothing, None, "events"),
    }


def _figures(sizes: Sizes, log: _Log, found: _Replayed, reporter_peak_mb: float) -> Figures:
    rows = log.rows.total()
    shop = f"a quarter of a shop of {sizes.copies * SMALL_ITEMS:,} items"
    tenths = f"{min(found.reporter_mb):.0f} to {max(found.reporter_mb):.0f} in the tenths of folding"
    return {
        f"{shop}, events in the log": entry(log.events, None, "events", digits=None),
        f"{shop}, rows in them": entry(rows, None, "rows", digits=None),
        f"{shop}, folded": entry(found.fold_seconds, None, "s"),
        "… rows a second": entry(rows / found.fold_seconds, None, "rows/s", digits=None),
        f"{shop}, all figures counted": entry(found.count_seconds, None, "s"),
        "… processor time of the reporter, folding": entry(found.fold_cpu.reporter, None, "s"),
        "… of PostgreSQL, folding": entry(found.fold_cpu.postgres, None, "s"),
        "… of the reporter, counting after it": entry(found.count_cpu.reporter, None, "s"),
        "… of PostgreSQL, counting after it": entry(found.count_cpu.postgres, None, "s"),
        "… figures that were not counted in time": entry(found.uncounted, None, "figures"),
        "replayer, peak memory": entry(found.replayer_mb, None, "MB"),
        f"reporter, peak memory ({tenths})": entry(reporter_peak_mb, None, "MB"),
    }


async def _fill(databases: Databases, sizes: Sizes) -> dict[UUID, _Log]:
    """The logs of both shops, told and sent long ago."""
    say(f"a shop of {SMALL_ITEMS} items lives {sizes.days} days")
    start = datetime.now(UTC) - timedelta(days=sizes.days)
    small = list(quarter_log.small_shop(start, days=sizes.days, orders_per_day=sizes.small_orders_per_day))
    logs = {SHOP: _Log(), SMALL_SHOP: _Log()}
    for cabinet_id, copies in ((SHOP, sizes.copies), (SMALL_SHOP, 1)):
        items = quarter_log.items_of(small, copies)
        log = logs[cabinet_id]
        for service, messages in (
            ("gateway", quarter_log.entered(items, cabinet_id, start)),
            ("ingestor", quarter_log.large_shop(small, cabinet_id, copies)),
        ):
            await _copy(databases.urls[service], messages, log)
        told = ", ".join(f"{source} {count:,}" for source, count in log.rows.most_common())
        say(f"{len(items):,} items: {log.events:,} events, {log.megabytes:,.0f} MB, {log.rows.total():,} rows: {told}")
    return logs


async def _copy(url: str, messages: Iterable[Message], log: _Log) -> None:
    def records() -> Iterator[tuple[Any, ...]]:
        for message in messages:
            log.add(message)
            event = message.event
            at = event.time
            yield event.cabinetid, at, UUID(int=event.id.int), event.type, event.origin.value, message.body, at

    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table("outbox", records=records(), columns=_COLUMNS)
        await connection.execute("ANALYZE outbox")
    finally:
        await connection.close()


class _Replay:
    """The replayer as a process, and what its consumer makes of it."""

    def __init__(self, databases: Databases, sizes: Sizes, reporter: Process) -> None:
        self._url = databases.urls["reporter"]
        self._sizes = sizes
        self._reporter = reporter

    async def run(self, cabinet_id: UUID, log: _Log) -> _Replayed:
        """Replay a cabinet until all of it is folded and counted.

        Raises:
            RuntimeError: the replayer failed.
            TimeoutError: it was not folded in time.
        """
        found = _Replayed()
        reading = await asyncpg.connect(self._url)
        process = await asyncio.create_subprocess_exec(
            "nice", "-n", "10", sys.executable, "-m", "servicekit", "replay", "start", "reporter",
            "--cabinet", str(cabinet_id),
            env=os.environ | {"DATABASE_URL": self._url},
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            at_first = await self._used(reading)
            async with asyncio.timeout(self._sizes.fold_seconds):
                began = await self._fold(reading, process, log.events, found)
                found.fold_seconds = time.perf_counter() - began
                if await process.wait():
                    raise RuntimeError("the replayer failed")
            folded = await self._used(reading)
            found.fold_cpu = folded.since(at_first)
            say(f"folded in {found.fold_seconds:.1f} s, {found.fold_cpu}")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._sizes.count_seconds):
                    await self._count(reading, cabinet_id)
            found.count_seconds = time.perf_counter() - began
            found.count_cpu = (await self._used(reading)).since(folded)
            found.uncounted = await reading.fetchval(_STALE, cabinet_id)
            say(f"counted after {found.count_seconds:.1f} s, {found.count_cpu}, {found.uncounted:,} figures left")
            return found
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
            await reading.close()

    async def _used(self, reading: asyncpg.Connection) -> _Used:
        backend_pid = await reading.fetchval("SELECT pg_backend_pid()")
        return _Used(cpu_seconds(self._reporter), server_cpu_seconds(backend_pid))

    async def _fold(self, reading: asyncpg.Connection, process: Process, events: int, found: _Replayed) -> float:
        """Until all events are handled; when the first one was."""
        before = await reading.fetchval(_HANDLED)
        began, tenth, progress = None, 1, _Progress()
        while (handled := await reading.fetchval(_HANDLED) - before) < events:
            if process.returncode:
                raise RuntimeError("the replayer failed")
            if handled and began is None:
                began = time.perf_counter()
            if handled * 10 >= events * tenth:
                tenth += 1
                found.reporter_mb.append(memory_mb(self._reporter))
            found.replayer_mb = max(found.replayer_mb, peak_mb(process))
            progress.say(f"{handled:,} of {events:,} events folded, reporter {memory_mb(self._reporter):.0f} MB")
            await asyncio.sleep(LOOK_SECONDS)
        found.reporter_mb.append(memory_mb(self._reporter))
        return began if began is not None else time.perf_counter() - LOOK_SECONDS

    async def _count(self, reading: asyncpg.Connection, cabinet_id: UUID) -> None:
        progress = _Progress()
        while left := await reading.fetchval(_STALE, cabinet_id):
            progress.say(f"{left:,} figures are to be counted")
            await asyncio.sleep(LOOK_SECONDS)


class _Progress:
    """Says what there is, every `PROGRESS_SECONDS` at most."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PROGRESS_SECONDS

    def say(self, text: str) -> None:
        if time.monotonic() > self._next:
            self._next += PROGRESS_SECONDS
            say(text)


if __name__ == "__main__":
    run(measure, Sizes())
