"""Running a service process: one event loop with its HTTP port, its consumers and its background work."""

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

import structlog
import uvicorn
from faststream.rabbit import RabbitBroker
from opentelemetry.sdk.trace import TracerProvider
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from servicekit import clock, db
from servicekit.background import Work, every, running
from servicekit.broker import connected, event_publisher, make_broker, stop_consuming
from servicekit.db import Database
from servicekit.forwarded import told_by_proxies
from servicekit.http_server import Bounds, Refuse, bounded, refuse_nobody
from servicekit.logging import configure_logging
from servicekit.outbox import Relay
from servicekit.outbox.partitions import keep_partitions
from servicekit.settings import ProcessSettings, ServiceSettings
from servicekit.telemetry import configure_telemetry

log = structlog.get_logger()

HOUSEKEEPING_SECONDS = 6 * 60 * 60

HTTP_GRACE_SECONDS = 5
"""For open requests; with the handlers' 20 s still below the 30 s after which a process is killed."""


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
    configure_logging(service, settings.log_level)
    provider = configure_telemetry(service, settings.otel_exporter_otlp_endpoint)
    return Platform(
        service=service,
        settings=settings,
        database=db.connect(settings),
        broker=make_broker(settings.rabbitmq_url.get_secret_value(), service, provider),
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
        await clock.follow(platform.database)
        relay = Relay(platform.database, event_publisher(broker))
        await stack.enter_async_context(connected(broker))
        await stack.enter_async_context(
            running(
                {
                    "outbox.relay": relay.run,
                    # Not before the start: rows have a place without it, and whoever holds a lock would keep us away.
                    "housekeeping": every(HOUSEKEEPING_SECONDS, lambda: keep_partitions(platform.database)),
                    "clock": every(clock.FOLLOW_SECONDS, lambda: clock.follow(platform.database)),
                    **works,
                }
            )
        )
        stack.push_async_callback(stop_consuming, broker)
        await broker.start()
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


def serve(
    app: ASGIApp, settings: ProcessSettings, bounds: Bounds | None = None, refuse: Refuse = refuse_nobody
) -> None:
    """Serve until SIGTERM or SIGINT, then stop cleanly. What `refuse` answers does not reach the app.

    Who asks is the address of the connection, or what a proxy among those of `bounds` says in `X-Forwarded-For`.
    """
    bounds = bounds or Bounds()
    # 200,000 objects that stay as long as the process: looking through them for garbage stops it for 0.1 s and more.
    gc.collect()
    gc.freeze()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        http=bounded(bounds, told_by_proxies(bounds.proxies, refuse)),
        ws="none",
        proxy_headers=bool(bounds.proxies),
        forwarded_allow_ips=[str(network) for network in bounds.proxies],
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
    )


async def serve_beside(app: ASGIApp, host: str, port: int, bounds: Bounds | None = None) -> None:
    """Serve a second app, on a port of its own, until cancelled; within `bounds` where strangers may ask.

    Raises:
        OSError: the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listener:
        server = _Beside(
            uvicorn.Config(
                app,
                http="auto" if bounds is None else bounded(bounds),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


class _Beside(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # They are for the server that the process runs for.
        yield
