"""What a service with a database and a broker runs: its consumers, its relay and its background work."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from faststream.rabbit import RabbitBroker
from opentelemetry.sdk.trace import TracerProvider
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from servicekit import database_clock, db
from servicekit.background import Work, every, running
from servicekit.broker import connected, event_publisher, make_broker, start_consuming, stop_consuming
from servicekit.db import Database
from servicekit.logging import configure_logging
from servicekit.outbox import Relay
from servicekit.outbox.partitions import keep_partitions
from servicekit.redaction import secrets_of
from servicekit.settings import ServiceSettings
from servicekit.telemetry import configure_telemetry

log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 6 * 60 * 60


@dataclass(frozen=True)
class Platform:
    """What every service stands on; a service's `app.py` builds its own parts on top of it."""

    service: str
    settings: ServiceSettings
    database: Database
    broker: RabbitBroker
    tracer_provider: TracerProvider


def make_platform(service: str, settings: ServiceSettings) -> Platform:
    """Configure this process's logs and traces, and make its database pool and broker (neither connected yet)."""
    secrets = secrets_of(settings)
    configure_logging(service, settings.log_level, secrets)
    provider = configure_telemetry(service, settings.traces, secrets)
    return Platform(
        service=service,
        settings=settings,
        database=db.connect(settings),
        broker=make_broker(settings.rabbitmq_url.get_secret_value(), service),
        tracer_provider=provider,
    )


@asynccontextmanager
async def started(platform: Platform, works: Mapping[str, Work]) -> AsyncIterator[None]:
    """Consume, relay and run `works` within the block; then stop: consumers first, so that handlers can finish.

    The relay stops after them, and the connection to the broker after the relay. Rows it did not reach wait in
    the outbox for the next start.
    """
    broker = platform.broker
    async with AsyncExitStack() as stack:
        stack.push_async_callback(platform.database.close)
        stack.push_async_callback(asyncio.to_thread, platform.tracer_provider.shutdown)
        await database_clock.follow(platform.database)
        relay = Relay(platform.database, event_publisher(broker))
        await stack.enter_async_context(connected(broker))
        await stack.enter_async_context(
            running(
                {
                    "outbox.relay": relay.run,
                    # Not before the start: rows have a place without it, and whoever holds a lock would keep us away.
                    "housekeeping": every(HOUSEKEEPING_SECONDS, lambda: keep_partitions(platform.database)),
                    "clock": every(database_clock.FOLLOW_SECONDS, lambda: database_clock.follow(platform.database)),
                    **works,
                }
            )
        )
        stack.push_async_callback(stop_consuming, broker)
        await start_consuming(broker)
        log.info("service.started")
        yield
        log.info("service.stopping")


def make_app(platform: Platform, works: Mapping[str, Work], routes: Sequence[BaseRoute]) -> Starlette:
    """The ASGI app of a service that has no HTTP interface but its health."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with started(platform, works):
            yield

    return Starlette(routes=list(routes), lifespan=lifespan)
