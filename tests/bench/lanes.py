"""Live orders of many cabinets while one of them is loaded for the first time: how late they are, and what it takes.

The reporter's own process on a PostgreSQL and a RabbitMQ of its own. The bench plays the relay of the ingestor: live
events at a steady rate, and a first load as fast as the ingestor stores pages. An event's latency is the time from its
publishing to the arrival of its `orders.reported`. The load comes in parts, each until its figures are built, and
before each there is a while of live events alone: whatever else the machine does meanwhile does it to both.
"""

import asyncio
import os
import random
import re
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import httpx
import psutil
from contracts.envelope import CONTENT_TYPE, Event, Origin
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.topics import EVENTS_EXCHANGE, routing_key
from demo.accounting import percentile
from servicekit.events import new_event
from servicekit.topology import declare_topology
from support.databases import Databases, fresh_databases

WAIT_SECONDS = 600.0
_CAUSE = re.compile(rb'"causationid":"([0-9a-f-]{36})"')
_ROW = (
    b'{"order_id":"%b","revision":1,"srid":"%b","g_number":"98765432109876543210","ordered_at":"%b",'
    b'"last_change_at":"%b","nm_id":%d,"supplier_article":"HD-22/grafit","barcode":"2039000118842","tech_size":"M",'
    b'"brand":"Veter","subject":"Hudi","category":"Odezhda","warehouse_name":"Koledino","warehouse_type":"WB",'
    b'"country_name":"Russia","oblast_okrug_name":"Privolzhsky","region_name":"Tatarstan","total_price":"2490",'
    b'"discount_percent":%d,"spp":"24","price_with_disc":"1494","finished_price":"1135","is_cancel":false,'
    b'"cancelled_at":null,"change":"new","previous":{}}'
)
_DISCOUNTS = {Origin.LIVE: 40, Origin.BACKFILL: 41}
"""By them the orders of the load are told from live ones."""


@dataclass(frozen=True)
class Sizes:
    """How much is sent, and how fast."""

    cabinets: int = 200
    live_per_second: int = 1_000
    live_event: int = 25
    live_products: int = 300
    load_orders: int = 450_000
    load_event: int = 500
    load_products: int = 5_000
    load_days: int = 90
    load_per_second: int = 20_000
    """What the ingestor stores of new pages on the same machine."""
    parts: int = 3
    alone_seconds: float = 30.0
    """Before each part; the first seconds, in which PostgreSQL and the reporter warm up, are before that."""


WARM_UP_SECONDS = 10.0


@dataclass
class Outcome:
    """What one run showed."""

    alone_ms: list[float] = field(default_factory=list)
    beside_ms: list[float] = field(default_factory=list)
    loading_cabinet_ms: list[float] = field(default_factory=list)
    told_of_backfill: int = 0
    load_seconds: float = 0.0
    peak_mb: float = 0.0
    cpu_seconds: float = 0.0


async def measure(sizes: Sizes | None = None) -> dict[str, Any]:
    """Entries for the table of `make bench`; needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    sizes = sizes or Sizes()
    found = await run(sizes)
    load = f"a first load of {sizes.load_orders:,}"
    live = f"{len(found.beside_ms) * sizes.live_event:,} live orders of {sizes.cabinets} cabinets beside {load}"
    entries = {
        f"{live}, p{share}": _entry(
            percentile(found.beside_ms, share / 100), percentile(found.alone_ms, share / 100), "ms"
        )
        for share in (50, 99)
    }
    entries["the loading cabinet's own live orders, p99"] = _entry(
        percentile(found.loading_cabinet_ms, 0.99), None, "ms"
    )
    entries[f"{load}, until its figures are built"] = _entry(found.load_seconds, None, "s")
    entries["events told of it"] = _entry(found.told_of_backfill, None, "events")
    entries["reporter, processor time"] = _entry(found.cpu_seconds, None, "s")
    entries["reporter, peak memory"] = _entry(found.peak_mb, None, "MB")
    return entries


def _entry(ours: float | None, bare: float | None, unit: str) -> dict[str, Any]:
    ratio = round(ours / bare, 2) if ours and bare else None
    return {
        "ours": None if ours is None else round(ours, 1),
        "bare": bare and round(bare, 1),
        "ratio": ratio,
        "unit": unit,
    }


async def run(sizes: Sizes) -> Outcome:
    """One run on an empty database."""
    outcome = Outcome()
    async with _flowing(sizes, outcome) as (flow, (databases, reporter)):
        await flow.live(asyncio.sleep(WARM_UP_SECONDS), [])
        history = list(_history(sizes))
        share = -(-len(history) // sizes.parts)
        for first in range(0, len(history), share):
            await flow.live(asyncio.sleep(sizes.alone_seconds), outcome.alone_ms)
            part = history[first : first + share]
            loaded = first * sizes.load_event + sum(map(len, part))
            await flow.live(_load(flow, databases, part, loaded), outcome.beside_ms)
        outcome.peak_mb = _peak_mb(reporter.pid)
        outcome.cpu_seconds = sum(psutil.Process(reporter.pid).cpu_times()[:2])
    return outcome


async def live(sizes: Sizes) -> list[float]:
    """Milliseconds from each live event to its report, with nothing beside, for `alone_seconds`."""
    outcome = Outcome()
    async with _flowing(sizes, outcome) as (flow, _):
        await flow.live(asyncio.sleep(WARM_UP_SECONDS), [])
        await flow.live(asyncio.sleep(sizes.alone_seconds), outcome.alone_ms)
    return outcome.alone_ms


@asynccontextmanager
async def _flowing(
    sizes: Sizes, outcome: Outcome
) -> "AsyncIterator[tuple[_Flow, tuple[Databases, asyncio.subprocess.Process]]]":
    broker_url = os.environ["RABBITMQ_URL"]
    await declare_topology(broker_url)
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        await (await databases.connect("reporter")).close()
        async with await aio_pika.connect(broker_url) as connection, _reporter(databases) as reporter:
            channel = await connection.channel(publisher_confirms=True)
            exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
            listener = await connection.channel()
            flow = _Flow(exchange, sizes, [uuid4() for _ in range(sizes.cabinets)], outcome)
            queue = await listener.declare_queue(exclusive=True)
            await queue.bind(exchange, OrdersReportedV1.TYPE)
            await queue.bind(exchange, f"{OrdersReportedV1.TYPE}.*")
            await queue.consume(flow.reported, no_ack=True)
            yield flow, (databases, reporter)


class _Flow:
    """Sends events, and notes when each live one was reported."""

    def __init__(
        self, exchange: aio_pika.abc.AbstractExchange, sizes: Sizes, cabinets: list[UUID], outcome: Outcome
    ) -> None:
        self.sizes = sizes
        self.loading = cabinets[0]
        self._cabinets = cycle(cabinets)
        self._exchange = exchange
        self.outcome = outcome
        self._chance = random.Random(7)
        self._sent: dict[bytes, tuple[float, UUID]] = {}
        self._latencies: list[float] = []
        self._none_is_out = asyncio.Event()

    async def live(self, during: Coroutine[Any, Any, None], latencies: list[float]) -> None:
        """Live orders, of one cabinet after another, at a steady rate until something is over and all are reported."""
        self._latencies = latencies
        until = asyncio.ensure_future(during)
        pause, began, n = self.sizes.live_event / self.sizes.live_per_second, time.perf_counter(), 0
        while not until.done():
            await self._send_live()
            n += 1
            await asyncio.sleep(max(0.0, began + n * pause - time.perf_counter()))
        await until
        while self._sent:
            self._none_is_out.clear()
            await asyncio.wait_for(self._none_is_out.wait(), WAIT_SECONDS)

    async def _send_live(self) -> None:
        cabinet_id, now = next(self._cabinets), datetime.now(UTC)
        nm_ids = self._chance.choices(range(1, self.sizes.live_products + 1), k=self.sizes.live_event)
        event, body = _event(cabinet_id, Origin.LIVE, [(now, nm_id) for nm_id in nm_ids])
        self._sent[str(event.id).encode()] = (time.perf_counter(), cabinet_id)
        await self._publish(event, body)

    async def send_load(self, part: list[list[tuple[datetime, int]]]) -> None:
        """A part of the first load of one cabinet, oldest first as WB gives it."""
        sizes, began = self.sizes, time.perf_counter()
        for n, rows in enumerate(part):
            await asyncio.sleep(max(0.0, began + n * sizes.load_event / sizes.load_per_second - time.perf_counter()))
            await self._publish(*_event(self.loading, Origin.BACKFILL, rows))

    async def _publish(self, event: Event[Any], body: bytes) -> None:
        message = aio_pika.Message(
            body,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(event.id),
            type=event.type,
            content_type=CONTENT_TYPE,
        )
        await self._exchange.publish(message, routing_key(event.type, event.origin))

    async def reported(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        found = _CAUSE.search(message.body)
        sent = self._sent.pop(found[1], None) if found else None
        if sent is None:
            self.outcome.told_of_backfill += 1
            return
        at, cabinet_id = sent
        milliseconds = (time.perf_counter() - at) * 1000
        self._latencies.append(milliseconds)
        if cabinet_id == self.loading and self._latencies is self.outcome.beside_ms:
            self.outcome.loading_cabinet_ms.append(milliseconds)
        if not self._sent:
            self._none_is_out.set()


def _history(sizes: Sizes) -> Iterator[list[tuple[datetime, int]]]:
    chance, now = random.Random(11), datetime.now(UTC)
    step = timedelta(days=sizes.load_days) / sizes.load_orders
    for first in range(0, sizes.load_orders, sizes.load_event):
        numbers = range(first, min(first + sizes.load_event, sizes.load_orders))
        yield [(now - (sizes.load_orders - n) * step, chance.randint(1, sizes.load_products)) for n in numbers]


def _event(cabinet_id: UUID, origin: Origin, rows: list[tuple[datetime, int]]) -> tuple[Event[Any], bytes]:
    event = new_event(OrdersUpdatedV1.model_construct(orders=()), cabinet_id=cabinet_id, origin=origin)
    made = []
    for ordered_at, nm_id in rows:
        order_id, moment = str(uuid4()).encode(), ordered_at.isoformat().encode()
        made.append(_ROW % (order_id, order_id, moment, moment, nm_id, _DISCOUNTS[origin]))
    head = event.model_dump_json(exclude={"data"}).encode()
    return event, b'%b,"data":{"orders":[%b]}}' % (head[:-1], b",".join(made))


async def _load(
    flow: _Flow,
    databases: Databases,
    part: list[list[tuple[datetime, int]]],
    loaded: int,
) -> None:
    """Sends a part of the first load and waits until its orders, `loaded` with it, are stored and counted."""
    began = time.perf_counter()
    await flow.send_load(part)
    reading = await asyncpg.connect(databases.urls["reporter"])
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                await asyncio.sleep(0.5)
                if await _is_done(reading, flow.loading, loaded):
                    break
    finally:
        await reading.close()
    flow.outcome.load_seconds += time.perf_counter() - began


async def _is_done(reading: asyncpg.Connection, cabinet_id: UUID, loaded: int) -> bool:
    if await reading.fetchval("SELECT EXISTS (SELECT FROM stale_cabinets WHERE cabinet_id = $1)", cabinet_id):
        return False
    stored: int = await reading.fetchval(
        "SELECT count(*) FROM order_facts WHERE cabinet_id = $1 AND discount_percent = $2",
        cabinet_id,
        _DISCOUNTS[Origin.BACKFILL],
    )
    return stored >= loaded


@asynccontextmanager
async def _reporter(databases: Databases) -> AsyncIterator[asyncio.subprocess.Process]:
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "reporter", "serve",
        env=os.environ | {"DATABASE_URL": databases.urls["reporter"], "PORT": str(port), "LOG_LEVEL": "warning"},
    )  # fmt: skip
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            await asyncio.wait_for(_ready(client), 60)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _ready(client: httpx.AsyncClient) -> None:
    while True:
        try:
            if (await client.get("/health/ready")).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it has not opened its port yet
        await asyncio.sleep(0.1)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _peak_mb(pid: int) -> float:
    with open(f"/proc/{pid}/status") as status:
        [line] = [line for line in status if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024 / 1e6


def main() -> None:
    """Measure on servers of its own and print; sizes as NAME=NUMBER arguments."""
    from local import servers

    sizes = replace(Sizes(), **{name: type(getattr(Sizes(), name))(value) for name, _, value in
                                (argument.partition("=") for argument in sys.argv[1:])})  # fmt: skip
    name = f"bench-lanes-{os.getpid()}"
    os.environ |= servers.start(name, ephemeral=True).env
    try:
        for what, entry in asyncio.run(measure(sizes)).items():
            print(what, entry)
    finally:
        servers.destroy(name)


if __name__ == "__main__":
    main()
