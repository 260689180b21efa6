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
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from contracts.envelope import Origin
from contracts.orders import OrdersReportedV1
from contracts.topics import EVENTS_EXCHANGE
from demo.accounting import percentile
from servicekit.topology import declare_topology
from support.databases import Databases, fresh_databases

from bench import lanes

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


async def measure(sizes: Sizes | None = None) -> dict[str, Any]:
    """Entries for the table of `make bench`; needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    sizes = sizes or Sizes()
    found = await run(sizes)
    what = f"a replay of {sizes.changes:,} order changes"
    flat = f"{min(found.reporter_mb):.0f} to {max(found.reporter_mb):.0f}"
    entries = {
        f"{what} into empty tables": _entry(sizes.changes / found.new_seconds, None, "changes/s"),
        f"{what} with days and periods counted": _entry(sizes.changes / found.counted_seconds, None, "changes/s"),
        "replayer, peak memory": _entry(found.replayer_mb, None, "MB"),
        f"reporter, peak memory ({flat} in its tenths)": _entry(found.reporter_peak_mb, None, "MB"),
        "events told of replays": _entry(found.told, None, "events"),
    }
    if sizes.live:
        entries[f"{what} that are known"] = _entry(sizes.changes / found.known_seconds, None, "changes/s")
        entries[f"a replay of {sizes.of_each:,} beside live orders"] = _entry(
            sizes.of_each / found.beside_seconds, None, "changes/s"
        )
        for share in (50, 99):
            ours, alone = (percentile(each, share / 100) for each in (found.beside_ms, found.alone_ms))
            entries[f"{len(found.beside_ms)} live events beside a replay, p{share}"] = _entry(ours, alone, "ms")
    return entries


def _entry(ours: float | None, bare: float | None, unit: str) -> dict[str, Any]:
    return {
        "ours": ours and round(ours, 1),
        "bare": bare and round(bare, 1),
        "ratio": round(ours / bare, 2) if ours and bare else None,
        "unit": unit,
    }


async def run(sizes: Sizes) -> Outcome:
    """One run on an empty database."""
    outcome = Outcome()
    broker_url = os.environ["RABBITMQ_URL"]
    await declare_topology(broker_url)
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        for service in ("ingestor", "gateway", "reporter"):
            await (await databases.connect(service)).close()
        await _fill(databases, sizes)
        async with await aio_pika.connect(broker_url) as connection, lanes._reporter(databases) as reporter:
            channel = await connection.channel(publisher_confirms=True)
            listener = await connection.channel()
            live = lanes.Sizes(cabinets=50, live_per_second=sizes.live_per_second, live_event=sizes.live_event)
            told = lanes.Outcome()
            exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
            flow = lanes._Flow(exchange, live, [uuid4() for _ in range(50)], told)
            queue = await listener.declare_queue(exclusive=True)
            await queue.bind(exchange, f"{OrdersReportedV1.TYPE}.#")
            await queue.consume(flow.reported, no_ack=True)
            replay = _Replay(databases, broker_url, await connection.channel(), sizes, outcome)

            async def watched() -> None:
                outcome.reporter_mb.append(_memory_mb(reporter.pid, "VmRSS"))

            outcome.new_seconds, outcome.counted_seconds = await replay.run(watched=watched)
            outcome.reporter_peak_mb = _memory_mb(reporter.pid, "VmHWM")
            if not sizes.live:
                return outcome
            outcome.known_seconds, _ = await replay.run()
            await flow.live(asyncio.sleep(lanes.WARM_UP_SECONDS), [])
            await flow.live(asyncio.sleep(sizes.alone_seconds), outcome.alone_ms)

            async def beside() -> None:
                outcome.beside_seconds, _ = await replay.run(cabinet_id=sizes.cabinet_ids[0])

            alone = percentile(outcome.alone_ms, 0.99)
            print(f"{len(outcome.alone_ms)} live events alone, p99 {alone:.1f} ms", file=sys.stderr)
            await flow.live(beside(), outcome.beside_ms)
            outcome.told = told.told_of_backfill
            outcome.reporter_peak_mb = _memory_mb(reporter.pid, "VmHWM")
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
            event, body = lanes._event(cabinet_id, Origin.LIVE, rows)
            at = moments[-1]
            yield cabinet_id, at, UUID(int=event.id.int), event.type, event.origin.value, body, at


class _Replay:
    """The replayer as a process, and what its consumer has made of it."""

    def __init__(
        self,
        databases: Databases,
        broker_url: str,
        channel: aio_pika.abc.AbstractChannel,
        sizes: Sizes,
        outcome: Outcome,
    ) -> None:
        self._url = databases.urls["reporter"]
        self._broker_url = broker_url
        self._channel = channel
        self._sizes = sizes
        self._outcome = outcome

    async def run(
        self, *, cabinet_id: UUID | None = None, watched: Callable[[], Awaitable[None]] | None = None
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
                        await watched()
                    if process.returncode is None:
                        peak_mb = _memory_mb(process.pid, "VmHWM")
                        self._outcome.replayer_mb = max(self._outcome.replayer_mb, peak_mb)
                    await asyncio.sleep(LOOK_SECONDS)
                stored = time.perf_counter()
                if await process.wait():
                    raise RuntimeError("the replayer failed")
                while await reading.fetchval(_TO_BE_COUNTED, self._sizes.cabinet_ids):  # noqa: ASYNC110  # another's work
                    await asyncio.sleep(LOOK_SECONDS)
                took = stored - (began or stored), time.perf_counter() - (began or stored)
                print(f"replayed {events} events in {took[0]:.1f} s, counted after {took[1]:.1f} s", file=sys.stderr)
                return took
        finally:
            await reading.close()


def _memory_mb(pid: int, what: str) -> float:
    """By its name in the process's status; 0 where it has ended already."""
    with open(f"/proc/{pid}/status") as status:
        return sum(int(line.split()[1]) * 1024 / 1e6 for line in status if line.startswith(what))


def main() -> None:
    """Measure on servers of its own and print; sizes as NAME=NUMBER arguments, such as changes=1000000."""
    from local import servers

    sizes = replace(Sizes(), **{name: type(getattr(Sizes(), name))(value) for name, _, value in
                                (argument.partition("=") for argument in sys.argv[1:])})  # fmt: skip
    name = f"bench-replaying-{os.getpid()}"
    os.environ |= servers.start(name, ephemeral=True).env
    try:
        for what, entry in asyncio.run(measure(sizes)).items():
            print(what, entry)
    finally:
        servers.destroy(name)


if __name__ == "__main__":
    main()
