"""What an operator sees of a process at `/metrics`, as Prometheus reads it.

Counters count in the process, where something happens. What the database and the broker know is read when somebody
looks, once in `CACHE_SECONDS` at most; what cannot be read then is left out, which `pulse_scrape_ok` says. All of them
are in docs/operator-metrics.md.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
import structlog
from contracts.topics import QUEUES, Queue
from faststream.rabbit import RabbitBroker
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from redis.asyncio import Redis
from sqlalchemy.pool import QueuePool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from servicekit.counters import Counted, counted, exposed
from servicekit.db import Database

log = structlog.get_logger()

CACHE_SECONDS = 5.0
"""Who scrapes more often, or from several places, is told the same again."""

READ_SECONDS = 5.0
"""For all that the database, or the broker, is asked; Prometheus waits 10 s for an answer."""

STATEMENT_SECONDS = 2.0

COUNTED_TO = 100_000
"""What grows without bound in an outage is counted no further."""

EVENTS_HANDLED = Counter(
    "pulse_events_handled",
    "Events taken from a queue: handled, moved (to the queue of the crowded), retried (later), postponed (by an outage"
    " of ours), dead (a dead letter).",
    ("queue", "outcome"),
    registry=None,
)
EVENT_SECONDS = Histogram(
    "pulse_event_handling_seconds",
    "How long events that were handled took in their process, from their delivery to the commit and what follows it.",
    ("queue",),
    buckets=(0.01, 0.1, 1, 10, 60),
    registry=None,
)


@dataclass(frozen=True)
class Gauges:
    """Gauges that are read together: what each means, by its name.

    They are rows that have a column for each label, and one of each gauge's own name; its value, or null for none.
    """

    name: str
    gauges: Mapping[str, str]
    labels: tuple[str, ...] = ()

    def families(self, rows: Sequence[Mapping[str, Any]]) -> Iterable[Metric]:
        """The gauges with the values of these rows."""
        for name, meaning in self.gauges.items():
            family = GaugeMetricFamily(name, meaning, labels=self.labels)
            for row in rows:
                if row[name] is not None:
                    family.add_metric([str(row[label]) for label in self.labels], row[name])
            yield family


@dataclass(frozen=True, kw_only=True)
class Reading(Gauges):
    """Gauges that one statement reads. It has to be quick however many rows there are, and returns few."""

    sql: str
    arguments: tuple[object, ...] = ()


# In an outage all rows are tried, and come due again, in no order: of more than are counted, the oldest found is near
# the oldest there is.
OUTBOX = Reading(
    name="outbox",
    gauges={
        "pulse_outbox_unsent": f"Events in the outbox that the broker has not confirmed, counted up to {COUNTED_TO:,}.",
        "pulse_outbox_oldest_seconds": "Age of the oldest event that the broker has not confirmed; 0 if there is none.",
    },
    sql=f"""
        SELECT count(*) AS pulse_outbox_unsent,
            CAST(coalesce(extract(epoch FROM now() - min(created_at)), 0) AS float) AS pulse_outbox_oldest_seconds
        FROM (SELECT created_at FROM outbox WHERE sent_at IS NULL LIMIT {COUNTED_TO}) AS unsent
    """,
)

QUEUE_GAUGES = Gauges(
    "queues",
    {
        "pulse_queue_messages": "Messages that wait in a queue, without those that consumers hold.",
        "pulse_queue_consumers": "Consumers of a queue, in all processes.",
        "pulse_dead_letters": "Messages that could not be handled and wait for a person.",
    },
    labels=("queue",),
)

_REDIS = Gauges(
    "redis",
    {
        "pulse_redis_keys": "Keys in Redis: answers, tags, limits.",
        "pulse_redis_memory_bytes": "Memory that Redis uses.",
        "pulse_redis_memory_limit_bytes": "Memory that Redis may use; 0: it has no limit.",
        "pulse_redis_evicted_keys": "Keys that Redis gave up for want of memory, since it was started.",
    },
)

T = TypeVar("T")

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""What was read, by the names of the gauges; those that could not be read are not there."""


def metrics_route(
    database: Database,
    broker: RabbitBroker,
    *,
    readings: Sequence[Reading] = (),
    counters: Sequence[Counted] = (),
    redis: Redis | None = None,
) -> Route:
    """`/metrics` of one process: what every service has, with the readings and counters of its own. Always 200.

    With `redis`: what that knows of itself, too.
    """
    registry = counted((EVENTS_HANDLED, EVENT_SECONDS, *counters))
    _watch_pool(registry, database)
    asked = (OUTBOX, *readings)
    look_stored = cached(lambda: read_database(database.dsn, asked))
    # All services', for a service that is gone tells nobody that its queues grow and nobody consumes them.
    look_waiting = cached(lambda: read_queues(broker, QUEUES))
    look_redis = cached(lambda: _read_redis(redis))
    gauges = (*asked, QUEUE_GAUGES, *([] if redis is None else [_REDIS]))

    async def answer(request: Request) -> Response:
        stored, waiting, cached = await asyncio.gather(look_stored(), look_waiting(), look_redis())
        return exposed(_Scrape(registry, gauges, {**stored, **waiting, **cached}), request)

    return Route("/metrics", answer)


class _Scrape(Collector):
    """What one scrape is answered with."""

    def __init__(self, registry: CollectorRegistry, gauges: Sequence[Gauges], rows: Rows) -> None:
        self._registry = registry
        self._gauges = gauges
        self._rows = rows

    def collect(self) -> Iterable[Metric]:
        yield from self._registry.collect()
        ok = GaugeMetricFamily(
            "pulse_scrape_ok",
            "Whether these gauges could be read just now: 1, or 0, and then they are not there.",
            labels=("gauges",),
        )
        for each in self._gauges:
            ok.add_metric((each.name,), each.name in self._rows)
            yield from each.families(self._rows.get(each.name, ()))
        yield ok


def _watch_pool(registry: CollectorRegistry, database: Database) -> None:
    def pool() -> QueuePool:
        made = database.engine.sync_engine.pool
        if not isinstance(made, QueuePool):
            raise TypeError("the database has a pool of connections")
        return made

    for name, meaning, value in (
        ("size", "Connections that the pool keeps.", lambda: pool().size()),
        ("in_use", "Connections of the pool in use.", lambda: pool().checkedout()),
        ("overflow", "Connections beyond the pool's size.", lambda: max(0, pool().overflow())),
        ("waiting", "Pieces of work that wait for a connection.", lambda: database.waiting),
    ):
        Gauge(f"pulse_db_pool_{name}", meaning, registry=registry).set_function(value)


def cached(read: Callable[[], Awaitable[T]]) -> Callable[[], Awaitable[T]]:
    """`read`, once in `CACHE_SECONDS`, however many ask at the same time."""
    lock = asyncio.Lock()
    kept: list[T] = []
    read_at = float("-inf")

    async def once() -> T:
        nonlocal read_at
        async with lock:
            if not kept or time.monotonic() - read_at >= CACHE_SECONDS:
                kept[:] = [await read()]
                read_at = time.monotonic()
            return kept[0]

    return once


async def read_database(dsn: str, readings: Sequence[Reading]) -> Rows:
    """What these read, on a connection of its own: that the pool is empty is what an operator wants to see."""
    rows: dict[str, Sequence[Mapping[str, Any]]] = {}
    settings = {
        "statement_timeout": f"{STATEMENT_SECONDS * 1000:.0f}",
        "default_transaction_read_only": "on",
        "jit": "off",
    }
    try:
        async with asyncio.timeout(READ_SECONDS):
            connection = await asyncpg.connect(dsn, server_settings=settings)
            try:
                for reading in readings:
                    try:
                        rows[reading.name] = await connection.fetch(reading.sql, *reading.arguments)
                    except asyncpg.PostgresError as error:
                        _not_read(error, reading.name)
                await connection.close()
            finally:
                connection.terminate()
    except Exception as error:
        _not_read(error, *(each.name for each in readings if each.name not in rows))
    return rows


async def read_queues(broker: RabbitBroker, queues: Sequence[Queue]) -> Rows:
    """What `QUEUE_GAUGES` say of these queues."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return {QUEUE_GAUGES.name: await _declared(broker, queues)}
    except Exception as error:
        _not_read(error, QUEUE_GAUGES.name)
        return {}


async def _read_redis(redis: Redis | None) -> Rows:
    if redis is None:
        return {}
    try:
        async with asyncio.timeout(READ_SECONDS):
            keys, told = await redis.dbsize(), await redis.info()
    except Exception as error:
        _not_read(error, _REDIS.name)
        return {}
    row = {
        "pulse_redis_keys": keys,
        "pulse_redis_memory_bytes": told["used_memory"],
        "pulse_redis_memory_limit_bytes": told["maxmemory"],
        "pulse_redis_evicted_keys": told["evicted_keys"],
    }
    return {_REDIS.name: [row]}


async def _declared(broker: RabbitBroker, queues: Sequence[Queue]) -> Sequence[Mapping[str, Any]]:
    """What the broker says of queues when they are declared passively, which changes nothing."""
    # Not connected yet, or not any more: `connect` would begin to.
    if not await broker.ping(timeout=1):
        raise ConnectionError("the broker is not connected")
    rows = []
    async with (await broker.connect()).channel() as channel:
        for queue in queues:
            found = await channel.declare_queue(queue.name, passive=True, robust=False)
            dead = await channel.declare_queue(queue.dead, passive=True, robust=False)
            rows.append(
                {
                    "queue": queue.name,
                    "pulse_queue_messages": found.declaration_result.message_count,
                    "pulse_queue_consumers": found.declaration_result.consumer_count,
                    "pulse_dead_letters": dead.declaration_result.message_count,
                }
            )
    return rows


def _not_read(error: Exception, *names: str) -> None:
    log.warning("metrics.not_read", gauges=names, error=f"{type(error).__name__}: {error}"[:300])
