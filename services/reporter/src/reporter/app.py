"""The reporter, wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from servicekit import clock
from servicekit.background import every
from servicekit.cache import Cache, connect_redis
from servicekit.checks import redis_check, standard_checks
from servicekit.health import health_routes
from servicekit.listening import serve_beside
from servicekit.metrics import metrics_route
from servicekit.purge import EVERY_SECONDS as PURGE_SECONDS
from servicekit.replay.sending import EVERY_SECONDS as REPLAY_SECONDS
from servicekit.replay.sending import send_begun
from servicekit.retention import EVERY_SECONDS as RETENTION_SECONDS
from servicekit.serving import Platform, started
from servicekit.starting import tune_memory
from starlette.applications import Starlette

from reporter.cabinet_locks import CabinetLocks
from reporter.figures.moscow import Now, day_of
from reporter.figures.pacing import Pace
from reporter.internal import report_route
from reporter.jobs.count_cells import count_cells
from reporter.jobs.count_sections import count_sections
from reporter.jobs.first_statistics import look_first
from reporter.jobs.look_again import look_again
from reporter.jobs.prepare_digests import prepare_digests
from reporter.jobs.purge import purge
from reporter.jobs.reconcile import reconcile
from reporter.jobs.retention import forget_old
from reporter.jobs.turn_day import turn_day
from reporter.metrics import COUNTERS, READINGS
from reporter.settings import Settings
from reporter.subscribers import subscribe

COUNT_SECONDS = 0.2
STATISTICS_SECONDS = 5.0
RECONCILE_SECONDS = 60.0
DIGEST_SECONDS = 60.0
LOOK_SECONDS = 60.0


def build(platform: Platform, settings: Settings, now: Now = clock.now) -> Starlette:
    """The service on its platform: consumers, jobs, health."""
    tune_memory()
    database, broker = platform.database, platform.broker
    broker_url = settings.rabbitmq_url.get_secret_value()
    redis = connect_redis(settings.redis_url.get_secret_value())
    cache = Cache(redis, prefix=settings.redis_key_prefix)
    locks, pace = CabinetLocks(), Pace()
    subscribe(broker, database, cache, locks, pace, now)

    def today() -> date:
        return day_of(now())

    works = {
        "day.turn": every(settings.day_turn_seconds, lambda: turn_day(database, cache, locks, pace, today())),
        "cells.count": every(COUNT_SECONDS, lambda: count_cells(database, cache, locks, pace, today)),
        "sections.count": every(COUNT_SECONDS, lambda: count_sections(database, cache, locks, pace, today)),
        "orders.reconcile": every(RECONCILE_SECONDS, lambda: reconcile(database, locks, pace, today, clock.now)),
        "digests.prepare": every(DIGEST_SECONDS, lambda: prepare_digests(database, pace, today())),
        "alerts.look": every(LOOK_SECONDS, lambda: look_again(database, locks, pace, now)),
        "statistics.first": every(STATISTICS_SECONDS, lambda: look_first(database)),
        "cabinets.purge": every(PURGE_SECONDS, lambda: purge(database)),
        "retention": every(RETENTION_SECONDS, lambda: forget_old(database, today())),
        "replays.send": every(REPLAY_SECONDS, lambda: send_begun(database, broker_url)),
    }

    # On a port of its own, for the inside of an installation: whoever calls there may ask for any cabinet.
    reports = Starlette(routes=[report_route(database, cache, now)])
    works["reports"] = lambda: serve_beside(reports, settings.host, settings.reports_port)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            async with started(platform, works):
                yield
        finally:
            await redis.aclose()

    routes = [
        *health_routes(standard_checks(database, broker), {"redis": redis_check(redis)}),
        metrics_route(database, broker, readings=READINGS, counters=COUNTERS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
