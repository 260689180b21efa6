"""The reporter, wired."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit.background import every
from servicekit.cache import Cache, connect_redis
from servicekit.health import health_routes, redis_check, standard_checks
from servicekit.serving import Platform, started
from starlette.applications import Starlette

from reporter.day_turn import turn_day
from reporter.moscow import Today
from reporter.moscow import today as moscow_today
from reporter.settings import Settings
from reporter.subscribers import subscribe


def build(platform: Platform, settings: Settings, today: Today = moscow_today) -> Starlette:
    """The service on its platform: consumers, the turn of the day, health."""
    database, broker = platform.database, platform.broker
    redis = connect_redis(settings.redis_url.get_secret_value())
    cache = Cache(redis, prefix=settings.redis_key_prefix)
    subscribe(broker, database, cache, today)
    works = {"day.turn": every(settings.day_turn_seconds, lambda: turn_day(database, cache, today()))}

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            async with started(platform, works):
                yield
        finally:
            await redis.aclose()

    routes = health_routes(standard_checks(database, broker), {"redis": redis_check(redis)})
    return Starlette(routes=list(routes), lifespan=lifespan)
