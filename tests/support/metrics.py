"""What a service shows at `/metrics`, and what docs/operator-metrics.md says of it."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aio_pika
import asyncpg
import httpx
from contracts.topics import QUEUES
from local.workspace import find_root
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from servicekit.db import Database
from servicekit.metrics import Reading
from servicekit.outbox import append
from starlette.applications import Starlette

from support.events import sync_requested

PAGE = find_root(Path(__file__).parent) / "docs" / "operator-metrics.md"


@dataclass(frozen=True)
class Described:
    """A row of the page's table."""

    name: str
    kind: str
    labels: tuple[str, ...]
    unit: str
    meaning: str
    services: frozenset[str]


@dataclass(frozen=True)
class Scraped:
    """An answer of `/metrics`, read as Prometheus reads it."""

    families: tuple[Metric, ...]

    def value(self, name: str, **labels: str) -> float | None:
        """The value of one series; none if there is no such series."""
        found = [s.value for f in self.families for s in f.samples if s.name == name and s.labels == labels]
        assert len(found) <= 1, f"{name} {labels} is there {len(found)} times"
        return found[0] if found else None

    def label_values(self, name: str, label: str) -> set[str]:
        """Every value that a label of the metric has."""
        return {s.labels[label] for f in self.families for s in f.samples if s.name == name}


async def scrape(app: Starlette) -> Scraped:
    """What an operator sees of the app now. Every series has the labels that the page names, and no other."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        answer = await client.get("/metrics")
    assert answer.status_code == 200
    scraped = Scraped(tuple(text_string_to_metric_families(answer.text)))
    table = described()
    for family in scraped.families:
        for sample in family.samples:
            if sample.name.startswith("pulse_"):
                labels = set(sample.labels) - ({"le"} if family.type == "histogram" else set())
                assert labels == set(table[shown_name(family)].labels), sample.name
    return scraped


def shown_name(family: Metric) -> str:
    """The name as it stands in the text."""
    return f"{family.name}_total" if family.type == "counter" else family.name


@cache
def described() -> dict[str, Described]:
    """The page's table, by the names of its metrics."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    found = {}
    for name, rest in rows:
        kind, labels, unit, meaning, services = rest.split(" | ")
        assert name not in found, f"{name} stands twice in the table"
        found[name] = Described(
            name, kind, tuple(re.findall(r"\w+", labels)), unit, meaning, frozenset(services.split(", "))
        )
    return found


@contextmanager
def statements() -> Iterator[list[str]]:
    """What scrapes ask the database within the block, on connections of their own."""
    asked: list[str] = []
    connect = asyncpg.connect

    async def noted(*arguments: Any, **options: Any) -> asyncpg.Connection:
        connection = await connect(*arguments, **options)
        connection.add_query_logger(lambda query: asked.append(query.query))
        return connection

    with patch("servicekit.metrics.asyncpg.connect", noted):
        yield asked


async def put(url: str, queue: str, messages: int) -> None:
    """So many messages into a queue, whichever they are."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True)
        for _ in range(messages):
            await channel.default_exchange.publish(aio_pika.Message(b"?"), routing_key=queue)


async def see_what_every_service_shows(app: Starlette, service: str, database: Database, rabbitmq_url: str) -> Scraped:
    """Leave events unsent, messages unread and dead letters behind, and find them in the answer.

    The service's broker is connected; it neither relays nor consumes.
    """
    async with database.transaction() as connection:
        await append(connection, [sync_requested() for _ in range(3)])
        await connection.exec_driver_sql("UPDATE outbox SET created_at = created_at - interval '90 seconds'")
        await append(connection, [sync_requested()])
        await connection.exec_driver_sql(
            "UPDATE outbox SET sent_at = now() WHERE created_at > now() - interval '1 minute'"
        )
    queues = [queue for queue in QUEUES if queue.service == service]
    for number, queue in enumerate(queues):
        await put(rabbitmq_url, queue.name, number + 1)
        await put(rabbitmq_url, queue.dead, number)
    scraped = await scrape(app)
    assert scraped.value("pulse_outbox_unsent") == 3
    assert 90 <= (scraped.value("pulse_outbox_oldest_seconds") or 0) < 150
    for number, queue in enumerate(queues):
        assert scraped.value("pulse_queue_messages", queue=queue.name) == number + 1
        assert scraped.value("pulse_queue_consumers", queue=queue.name) == 0
        assert scraped.value("pulse_dead_letters", queue=queue.name) == number
        for outcome in ("handled", "retried", "postponed", "dead"):
            assert scraped.value("pulse_events_handled_total", queue=queue.name, outcome=outcome) is not None
    # Those of other services too: who is gone tells of none.
    assert scraped.label_values("pulse_queue_consumers", "queue") == {queue.name for queue in QUEUES}
    for name in ("size", "in_use", "overflow", "waiting"):
        assert scraped.value(f"pulse_db_pool_{name}") is not None
    failed = [s.labels for f in scraped.families for s in f.samples if s.name == "pulse_scrape_ok" and s.value != 1]
    assert failed == []
    return scraped


async def read_whole(database: Database, readings: Sequence[Reading]) -> set[str]:
    """The tables that the readings would read row after row; none where an index serves them all."""
    connection = await asyncpg.connect(database.dsn)
    try:
        # What is committed but not yet written down is not visible to all: the first of the two writes it down.
        await connection.execute("SET synchronous_commit = on")
        await connection.execute("ANALYZE")
        await connection.execute("VACUUM")
        plans = [
            json.loads(await connection.fetchval(f"EXPLAIN (FORMAT JSON) {each.sql}", *each.arguments))[0]["Plan"]
            for each in readings
        ]
    finally:
        await connection.close()
    nodes = [node for plan in plans for node in _nodes(plan)]
    assert any("Index" in node["Node Type"] for node in nodes)
    # A bitmap is of an index too: PostgreSQL takes it where some transaction keeps rows from being visible to all.
    return {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)
