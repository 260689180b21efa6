"""The whole service on real servers: an event in, an event out, in one trace."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import httpx
import pytest
from contracts.envelope import Event
from contracts.model import MOSCOW
from contracts.orders import OrdersReportedV1
from contracts.registry import parse_event
from contracts.topics import NOTIFIER_ORDERS
from local import servers as local_servers
from pydantic import SecretStr
from reporter.app import build
from reporter.settings import Settings
from servicekit import db
from servicekit.broker import event_publisher, make_broker
from servicekit.db import Database
from servicekit.replay import administration
from servicekit.replay.selection import select
from servicekit.serving import Platform
from servicekit.telemetry import configure_telemetry, tracer
from starlette.applications import Starlette
from support.databases import Databases
from support.event_logs import log_events
from support.eventually import eventually
from support.outbox_rows import row_of
from support.reporting import NOON, TODAY, an_order, orders_updated
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


@pytest.fixture
async def app(
    reporter_db: Database,
    databases: Databases,
    rabbitmq_url: str,
    servers: local_servers.Servers,
    redis_prefix: str,
) -> AsyncIterator[Starlette]:
    """The service, running."""
    settings = Settings(
        database_url=SecretStr(databases.urls["reporter"]),
        redis_url=SecretStr(servers.redis_url),
        redis_key_prefix=redis_prefix,
        rabbitmq_url=SecretStr(rabbitmq_url),
        reports_port=0,
        day_turn_seconds=0.05,
    )
    provider = configure_telemetry("reporter", None)
    broker = make_broker(rabbitmq_url, "reporter")
    app = build(Platform("reporter", settings, db.connect(settings), broker, provider), settings, lambda: NOON)
    async with app.router.lifespan_context(app):
        yield app


def today_at_noon() -> datetime:
    return datetime.combine(TODAY, time(12), MOSCOW)


async def test_it_sends_replays_that_administrators_begin(
    app: Starlette, gateway_db: Database, ingestor_db: Database, reporter_db: Database, cabinet_id: UUID
) -> None:
    await log_events({"ingestor": ingestor_db}, *(orders_updated(cabinet_id, an_order(cabinet_id)) for _ in range(3)))
    async with gateway_db.transaction() as connection:
        selection = select("reporter", cabinet_ids=[cabinet_id])
        await administration.begin(connection, uuid4(), selection, requested_by="key 7", events_per_second=None)

    async def is_done() -> bool:
        [replay] = await all_rows(reporter_db, "replays")
        return (replay["state"], replay["events"], replay["sent"]) == ("done", 3, 3)

    await eventually(is_done)

    async def is_stored() -> bool:
        return [row["cabinet_id"] for row in await all_rows(reporter_db, "order_facts")] == [cabinet_id]

    await eventually(is_stored)


async def publish(url: str, event: Event[Any]) -> None:
    broker = make_broker(url, "ingestor")
    await broker.connect()
    await event_publisher(broker)(row_of(event))
    await broker.stop()


async def test_orders_updated_at_the_exchange_comes_out_as_orders_reported(
    app: Starlette, rabbitmq_url: str, reporter_db: Database, cabinet_id: UUID
) -> None:
    order = an_order(cabinet_id, ordered_at=today_at_noon())
    with tracer.start_as_current_span("test") as span:
        cause = orders_updated(cabinet_id, order)
        await publish(rabbitmq_url, cause)
    reported: list[Event[OrdersReportedV1]] = []
    async with await aio_pika.connect(rabbitmq_url) as connection:
        queue = await (await connection.channel()).get_queue(NOTIFIER_ORDERS.name)

        async def arrived() -> bool:
            message = await queue.get(no_ack=True, fail=False)
            if message is not None:
                reported.append(parse_event(message.body))
            return any(event.cabinetid == cabinet_id for event in reported)

        await eventually(arrived)
    [event] = [event for event in reported if event.cabinetid == cabinet_id]
    assert event.causationid == cause.id
    assert [item.order for item in event.data.orders] == [order]
    assert event.data.orders[0].shop_today.orders == 1
    assert event.traceparent is not None
    assert event.traceparent.split("-")[1] == f"{span.get_span_context().trace_id:032x}"
    assert len(await all_rows(reporter_db, "order_facts")) == 1


async def test_yesterdays_figures_turn_by_themselves(
    reporter_db: Database, fold: Fold, count_stale: CountStale, app: Starlette, cabinet_id: UUID
) -> None:
    long_ago = date(2020, 1, 1)
    order = an_order(cabinet_id, ordered_at=NOON - timedelta(days=9000))
    await fold(orders_updated(cabinet_id, order), today=long_ago)
    await count_stale(today=long_ago)

    async def turned() -> bool:
        found = await all_rows(reporter_db, "analytics_cache")
        return {(row["period_end"], row["orders"]) for row in found} == {(TODAY, 0)}

    await eventually(turned)


async def test_it_says_that_it_is_ready(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporter") as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ok", "checks": {"postgres": True, "rabbitmq": True, "redis": True}},
    )
