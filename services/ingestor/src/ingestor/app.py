"""Putting the ingestor together."""

import gc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
import redis.asyncio
from servicekit.background import Work, every
from servicekit.cache import connect_redis
from servicekit.db import Database
from servicekit.health import health_routes, redis_check, standard_checks
from servicekit.http import make_client
from servicekit.serving import Platform, started
from starlette.applications import Starlette

from ingestor import handlers
from ingestor.cabinets import Check
from ingestor.checker import Checker
from ingestor.resources import RESOURCES
from ingestor.settings import IngestorSettings
from ingestor.sync import log as sync_log
from ingestor.sync import quarantine, schedule
from ingestor.sync.engine import Engine
from ingestor.sync.pool import Pool
from ingestor.sync.run import Tools
from ingestor.wb.budget import Budget
from ingestor.wb.client import WbClient
from ingestor.wb.hosts import host_urls

CHECKS_AT_A_TIME = 4
FORGET_SECONDS = 6 * 60 * 60


@dataclass(frozen=True)
class Parts:
    """What does the work, and the works to be kept running."""

    engine: Engine
    checks: Pool[Check]
    works: dict[str, Work]
    http: httpx.AsyncClient


GC_THRESHOLD = 50_000
"""Python looks for cycles after so many new objects. A page is hundreds of thousands of them, without a cycle: looking
every 700, as it does otherwise, takes a tenth of the page's time and finds nothing."""


def tune_memory() -> None:
    """Fit Python's memory management to large pages."""
    gc.set_threshold(GC_THRESHOLD)


def make_parts(settings: IngestorSettings, database: Database, redis_client: "redis.asyncio.Redis") -> Parts:
    """Checker and sync engine on their WB client and budget; nothing runs yet."""
    private_keys = settings.seal_private_keys.get_secret_value()
    budget = Budget(redis_client, prefix=settings.redis_key_prefix, rate=settings.wb_rate_limit)
    http = make_client(
        timeout_seconds=settings.wb_api_timeout, max_connections=settings.sync_workers + CHECKS_AT_A_TIME
    )
    client = WbClient(http, host_urls(settings), budget, timeout_seconds=settings.wb_api_timeout)
    checker = Checker(database, client, private_keys=private_keys)
    tools = Tools(
        database=database,
        client=client,
        budget=budget,
        private_keys=private_keys,
        interval_seconds=settings.sync_interval * 60,
        rate=settings.wb_rate_limit,
        page_rows=settings.sync_batch_size,
        attempts=settings.sync_retry_attempts,
    )
    engine = Engine(tools, workers=settings.sync_workers, lease_seconds=settings.sync_lease_seconds)
    checks: Pool[Check] = Pool(checker.claim, checker.run, workers=CHECKS_AT_A_TIME)

    async def forget_old() -> None:
        async with database.transaction() as connection:
            await sync_log.forget_old(connection)
            await quarantine.forget_old(connection)

    return Parts(
        engine,
        checks,
        {
            "syncs": engine.pool.run,
            "leases": every(settings.sync_lease_seconds / 3, engine.renew),
            "checks": checks.run,
            "forgetting": every(FORGET_SECONDS, forget_old),
        },
        http,
    )


def build(platform: Platform) -> Starlette:
    """The service: consumers, checks, syncs and health."""
    settings = platform.settings
    if not isinstance(settings, IngestorSettings):
        raise TypeError("the ingestor needs IngestorSettings")
    tune_memory()
    redis_client = connect_redis(settings.redis_url.get_secret_value())
    parts = make_parts(settings, platform.database, redis_client)
    handlers.subscribe(platform.broker, platform.database, checks=parts.checks, syncs=parts.engine.pool)
    routes = health_routes(standard_checks(platform.database, platform.broker), {"redis": redis_check(redis_client)})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.http.aclose)
            stack.push_async_callback(redis_client.aclose)
            async with platform.database.transaction() as connection:
                await schedule.begin_new(connection, RESOURCES.values())
            await stack.enter_async_context(started(platform, parts.works))
            yield

    return Starlette(routes=routes, lifespan=lifespan)
