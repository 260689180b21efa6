"""Putting the ingestor together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import redis.asyncio
from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1
from contracts.envelope import Event
from contracts.syncs import BackfillRequestedV1, SyncRequestedV1
from contracts.topics import INGESTOR_CABINETS, INGESTOR_SYNCS, INGESTOR_WB_COMMANDS
from contracts.wb_commands import QuestionAnswerRequestedV1, ReviewAnswerRequestedV1
from servicekit import clock
from servicekit.background import Work, every
from servicekit.cache import connect_redis
from servicekit.checks import redis_check, standard_checks
from servicekit.consume import AfterCommit, consume
from servicekit.db import Database
from servicekit.health import health_routes
from servicekit.http import make_client
from servicekit.http_server import Bounds
from servicekit.listening import serve_beside
from servicekit.metrics import metrics_route
from servicekit.purge import EVERY_SECONDS as PURGE_SECONDS
from servicekit.retention import EVERY_SECONDS as RETENTION_SECONDS
from servicekit.retention import forget_old
from servicekit.serving import Platform, started
from servicekit.starting import tune_memory
from starlette.applications import Starlette

from ingestor import drift
from ingestor.cabinets import Check
from ingestor.checker import Checker
from ingestor.commands.journal import Command
from ingestor.commands.sender import Sender
from ingestor.handlers.backfill_requested import backfill_requested
from ingestor.handlers.cabinet_connected import cabinet_connected
from ingestor.handlers.cabinet_disconnected import cabinet_disconnected
from ingestor.handlers.question_answer_requested import question_answer_requested
from ingestor.handlers.review_answer_requested import review_answer_requested
from ingestor.handlers.sync_requested import sync_requested
from ingestor.hints import due
from ingestor.hints.receiver import CONNECTIONS, receiver
from ingestor.jobs import data_delays, reconciliation, token_expiry, wb_watch
from ingestor.jobs.purge import purge
from ingestor.jobs.retention import rules
from ingestor.metrics import COUNTERS
from ingestor.readings import readings
from ingestor.resources import RESOURCES
from ingestor.settings import CHECKS_AT_A_TIME, COMMANDS_AT_A_TIME, IngestorSettings
from ingestor.sync import cabinet_syncs
from ingestor.sync.engine import Engine
from ingestor.sync.leases import Leases
from ingestor.sync.pool import Pool
from ingestor.sync.run import TURN_SECONDS
from ingestor.sync.tools import Tools
from ingestor.wb.agreement import TELL_EVERY_SECONDS
from ingestor.wb.budget import Budget
from ingestor.wb.client import WbClient
from ingestor.wb.hosts import host_urls
from ingestor.wb.switch_offs import DAYS_LEFT
from ingestor.wb.times import moscow_day

LONGEST_PAGE_SECONDS = 5 * 60
"""For taking in a page; 80,000 rows that all changed take seconds."""


@dataclass(frozen=True)
class Parts:
    """What does the work, and the works to be kept running."""

    engine: Engine
    checks: Pool[Check]
    commands: Pool[Command]
    works: dict[str, Work]
    http: httpx.AsyncClient
    tools: Tools


def make_parts(settings: IngestorSettings, database: Database, redis_client: "redis.asyncio.Redis") -> Parts:
    """Checker and sync engine on their WB client and budget; nothing runs yet."""
    private_keys = settings.seal_private_keys.get_secret_value()
    budget = Budget(
        redis_client,
        prefix=settings.redis_key_prefix,
        rate=settings.wb_rate_limit,
        leads=lambda: leases.leads,
        on_its_way_seconds=settings.wb_api_timeout,
    )
    http = make_client(
        timeout_seconds=settings.wb_api_timeout,
        max_connections=settings.sync_workers + CHECKS_AT_A_TIME + COMMANDS_AT_A_TIME,
    )
    client = WbClient(http, host_urls(settings), budget, timeout_seconds=settings.wb_api_timeout)
    leases = Leases(
        database.dsn,
        seconds=settings.sync_lease_seconds,
        longest_seconds=TURN_SECONDS + client.longest_seconds + LONGEST_PAGE_SECONDS,
    )
    checker = Checker(database, client, leases, private_keys=private_keys, rate=settings.wb_rate_limit)
    tools = Tools(
        database=database,
        client=client,
        budget=budget,
        private_keys=private_keys,
        interval_seconds=settings.sync_interval * 60,
        rate=settings.wb_rate_limit,
        page_rows=settings.sync_batch_size,
        attempts=settings.sync_retry_attempts,
        newest=timedelta(days=settings.sync_first_days),
        dormant_after=timedelta(days=settings.sync_dormant_days),
    )
    engine = Engine(tools, leases, workers=settings.sync_workers)
    checks: Pool[Check] = Pool(checker.claim, checker.run, workers=CHECKS_AT_A_TIME)
    sender = Sender(database, client, leases, private_keys=private_keys, rate=settings.wb_rate_limit)
    commands: Pool[Command] = Pool(sender.claim, sender.run, workers=COMMANDS_AT_A_TIME)

    return Parts(
        engine,
        checks,
        commands,
        {
            "syncs": engine.pool.run,
            "leases": leases.run,
            "limits": every(TELL_EVERY_SECONDS, budget.tell_limits),
            "checks": checks.run,
            "commands": commands.run,
            "retention": every(RETENTION_SECONDS, lambda: forget_old(database, rules(settings))),
            "purge": every(PURGE_SECONDS, lambda: purge(database)),
            "data delays": every(data_delays.EVERY_SECONDS, data_delays.watch(database)),
            "reconciliation": every(
                reconciliation.EVERY_SECONDS, reconciliation.watch(database, budget, rate=settings.wb_rate_limit)
            ),
            "turns at night": every(reconciliation.ENROL_EVERY_SECONDS, lambda: reconciliation.enrol(database)),
            "methods of WB": every(
                wb_watch.EVERY_SECONDS, wb_watch.watch(database, client.health, lambda: moscow_day(clock.now()))
            ),
            "shapes of WB": every(drift.EVERY_SECONDS, drift.watch(database, tools.shapes)),
            "token expiry": every(token_expiry.EVERY_SECONDS, lambda: token_expiry.tell_expiring(database)),
            **_webhooks(settings, database, engine),
        },
        http,
        tools,
    )


def _webhooks(settings: IngestorSettings, database: Database, engine: Engine) -> Mapping[str, Work]:
    """What receives WB's webhooks and reads what they hint at, if it is configured."""
    if not settings.webhook_secrets:
        return {}
    arrived = asyncio.Event()
    app = receiver(database, settings.webhook_secrets, arrived.set)
    bounds = Bounds(connections=CONNECTIONS)
    return {
        "webhooks": lambda: serve_beside(app, settings.host, settings.wb_webhook_port, bounds),
        "hints": lambda: due.follow(database, arrived, engine.pool.wake, rate=settings.wb_rate_limit),
    }


def subscribe(platform: Platform, *, checks: Pool[Any], syncs: Pool[Any], commands: Pool[Any]) -> None:
    """Consume the ingestor's queues; after the commit whoever may have work now is woken."""
    broker, database = platform.broker, platform.database
    consume(
        broker,
        database,
        INGESTOR_CABINETS,
        {CabinetConnectedV1: cabinet_connected, CabinetDisconnectedV1: cabinet_disconnected},
        after_commit=_waking(checks),
    )
    consume(
        broker,
        database,
        INGESTOR_SYNCS,
        {SyncRequestedV1: sync_requested, BackfillRequestedV1: backfill_requested},
        after_commit=_waking(syncs, checks),
    )
    consume(
        broker,
        database,
        INGESTOR_WB_COMMANDS,
        {ReviewAnswerRequestedV1: review_answer_requested, QuestionAnswerRequestedV1: question_answer_requested},
        after_commit=_waking(commands),
    )


def _waking(*pools: Pool[Any]) -> AfterCommit:
    async def wake(_: Event[Any], __: object) -> None:
        for pool in pools:
            pool.wake()

    return wake


def build(platform: Platform) -> Starlette:
    """The service: consumers, checks, syncs and health."""
    settings = platform.settings
    if not isinstance(settings, IngestorSettings):
        raise TypeError("the ingestor needs IngestorSettings")
    tune_memory()
    redis_client = connect_redis(settings.redis_url.get_secret_value())
    parts = make_parts(settings, platform.database, redis_client)
    subscribe(platform, checks=parts.checks, syncs=parts.engine.pool, commands=parts.commands)
    database, broker = platform.database, platform.broker
    gauges = readings(RESOURCES, dormant_after=timedelta(days=settings.sync_dormant_days))
    routes = [
        *health_routes(standard_checks(database, broker), {"redis": redis_check(redis_client)}),
        metrics_route(database, broker, readings=gauges, counters=(*COUNTERS, DAYS_LEFT)),
    ]

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.http.aclose)
            stack.push_async_callback(redis_client.aclose)
            async with platform.database.transaction() as connection:
                await cabinet_syncs.begin_new(connection, RESOURCES.values())
            await stack.enter_async_context(started(platform, parts.works))
            yield

    return Starlette(routes=routes, lifespan=lifespan)
