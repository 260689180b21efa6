"""Live orders at a steady rate through a reporter of its own: when each was reported.

The bench plays the relay of the ingestor. An event's latency is the time from its publishing to the arrival of its
`orders.reported`.
"""

import asyncio
import os
import random
import re
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from uuid import UUID, uuid4

import aio_pika
from contracts.envelope import CONTENT_TYPE, Event, Origin
from contracts.orders import OrdersReportedV1, OrdersUpdatedV1
from contracts.topics import EVENTS_EXCHANGE, routing_key
from servicekit.events import new_event
from servicekit.topology import declare_topology
from support.databases import Databases

from bench.command import say
from bench.processes import Process, running_service

WARM_UP_SECONDS = 10.0
"""In which PostgreSQL and the reporter are slower than afterwards."""
REPORTED_SECONDS = 60.0
"""How long the reports of the last events are waited for."""
PROGRESS_SECONDS = 10.0

_CAUSE = re.compile(rb'"causationid":"([0-9a-f-]{36})"')
_ROW = (
    b'{"order_id":"%b","revision":1,"srid":"%b","g_number":"98765432109876543210","ordered_at":"%b",'
    b'"last_change_at":"%b","nm_id":%d,"supplier_article":"HD-22/grafit","barcode":"2039000118842","tech_size":"M",'
    b'"brand":"Veter","subject":"Hudi","category":"Odezhda","warehouse_name":"Koledino","warehouse_type":"WB",'
    b'"country_name":"Russia","oblast_okrug_name":"Privolzhsky","region_name":"Tatarstan","total_price":"2490",'
    b'"discount_percent":%d,"spp":"24","price_with_disc":"1494","finished_price":"1135","is_cancel":false,'
    b'"cancelled_at":null,"change":"new","previous":{}}'
)
DISCOUNTS = {Origin.LIVE: 40, Origin.BACKFILL: 41}
"""By them the orders of a first load are told from live ones."""


@dataclass(frozen=True)
class Rate:
    """How many live orders there are, and of whom."""

    cabinets: int
    orders_per_second: int
    event_orders: int
    """In each event."""
    items: int
    """Of each cabinet."""


@dataclass
class Told:
    """What was reported, of which cabinet, how many milliseconds after the event was published; and what else came."""

    milliseconds: list[float] = field(default_factory=list)
    cabinet_ids: list[UUID] = field(default_factory=list)
    of_nothing: int = 0
    """Reports of events that were not sent live."""
    missing: int = 0
    """Events that were not reported in time."""


class LiveOrders:
    """Sends events, and notes when each of them was reported."""

    def __init__(self, exchange: aio_pika.abc.AbstractExchange, rate: Rate) -> None:
        self.cabinet_ids = [uuid4() for _ in range(rate.cabinets)]
        self._rate = rate
        self._turns = cycle(self.cabinet_ids)
        self._exchange = exchange
        self._chance = random.Random(7)
        self._sent: dict[bytes, tuple[float, UUID]] = {}
        self._late: set[bytes] = set()
        self._told = Told()
        self._none_is_out = asyncio.Event()

    async def during(self, work: Awaitable[None], what: str) -> Told:
        """Orders of one cabinet after another, at a steady rate, until `work` is over and all are reported."""
        self._told = told = Told()
        until = asyncio.ensure_future(work)
        pause, began, n = self._rate.event_orders / self._rate.orders_per_second, time.perf_counter(), 0
        next_progress = began + PROGRESS_SECONDS
        try:
            while not until.done():
                await self._send()
                n += 1
                if time.perf_counter() > next_progress:
                    next_progress += PROGRESS_SECONDS
                    say(f"{what}: {n} live events sent, {len(self._sent)} of them not reported yet")
                await asyncio.sleep(max(0.0, began + n * pause - time.perf_counter()))
            await until
        finally:
            until.cancel()
        if self._sent:
            self._none_is_out.clear()
            try:
                await asyncio.wait_for(self._none_is_out.wait(), REPORTED_SECONDS)
            except TimeoutError:
                told.missing = len(self._sent)
                say(f"{told.missing} live events were not reported within {REPORTED_SECONDS:.0f} s")
                self._late |= self._sent.keys()
                self._sent.clear()
        return told

    async def publish(self, event: Event[Any], body: bytes) -> None:
        """With confirm."""
        message = aio_pika.Message(
            body,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=str(event.id),
            type=event.type,
            content_type=CONTENT_TYPE,
        )
        await self._exchange.publish(message, routing_key(event.type, event.origin))

    async def _send(self) -> None:
        cabinet_id, now = next(self._turns), datetime.now(UTC)
        nm_ids = self._chance.choices(range(1, self._rate.items + 1), k=self._rate.event_orders)
        event, body = order_event(cabinet_id, Origin.LIVE, [(now, nm_id) for nm_id in nm_ids])
        self._sent[str(event.id).encode()] = (time.perf_counter(), cabinet_id)
        await self.publish(event, body)

    async def reported(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        """What a queue of `orders.reported` gives."""
        found = _CAUSE.search(message.body)
        cause = found[1] if found else b""
        sent = self._sent.pop(cause, None)
        if sent is None:
            self._told.of_nothing += cause not in self._late
            return
        at, cabinet_id = sent
        self._told.milliseconds.append((time.perf_counter() - at) * 1000)
        self._told.cabinet_ids.append(cabinet_id)
        if not self._sent:
            self._none_is_out.set()


def order_event(cabinet_id: UUID, origin: Origin, rows: Sequence[tuple[datetime, int]]) -> tuple[Event[Any], bytes]:
    """An event of new orders, one for each moment and item, and its body."""
    event = new_event(OrdersUpdatedV1.model_construct(orders=()), cabinet_id=cabinet_id, origin=origin)
    made = []
    for ordered_at, nm_id in rows:
        order_id, moment = str(uuid4()).encode(), ordered_at.isoformat().encode()
        made.append(_ROW % (order_id, order_id, moment, moment, nm_id, DISCOUNTS[origin]))
    head = event.model_dump_json(exclude={"data"}).encode()
    return event, b'%b,"data":{"orders":[%b]}}' % (head[:-1], b",".join(made))


@asynccontextmanager
async def through_reporter(
    databases: Databases,
    rate: Rate,
    env: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
    words: Sequence[str] = ("reporter",),
) -> AsyncIterator[tuple[LiveOrders, Process]]:
    """Live orders, ready to flow, and the process of the reporter; needs RABBITMQ_URL and REDIS_URL.

    `words` are those after `python -m`, before `serve`.
    """
    broker_url = os.environ["RABBITMQ_URL"]
    await declare_topology(broker_url)
    await (await databases.connect("reporter")).close()
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(await aio_pika.connect(broker_url))
        reporter = await stack.enter_async_context(
            running_service(words, {"DATABASE_URL": databases.urls["reporter"], **(env or {})}, port=port)
        )
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
        live = LiveOrders(exchange, rate)
        queue = await (await connection.channel()).declare_queue(exclusive=True)
        await queue.bind(exchange, f"{OrdersReportedV1.TYPE}.#")
        await queue.consume(live.reported, no_ack=True)
        yield live, reporter
