"""When the Moscow day turns, every period ends with the new day."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
import redis.asyncio
from reporter import day_turn
from reporter.day_turn import turn_day
from servicekit.cache import Cache
from servicekit.db import Database
from support.reporting import TODAY, an_order, dump, orders_updated, rows

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def cache(redis_client: "redis.asyncio.Redis", redis_prefix: str) -> Cache:
    return Cache(redis_client, prefix=redis_prefix)


async def test_figures_are_those_that_a_fold_on_the_new_day_would_give(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, cache: Cache
) -> None:
    orders = [an_order(cabinet_id, str(age), days_ago=age, nm_id=1 + age % 2) for age in (0, 6, 13, 29, 59, 89)]
    events = [orders_updated(cabinet_id, *orders), orders_updated(UUID(int=7), an_order(UUID(int=7), days_ago=6))]
    await fold(*events)
    assert await turn_day(reporter_db, cache, TOMORROW) == 5
    turned = await dump(reporter_db, "analytics_cache")
    assert {row["period_end"] for row in await rows(reporter_db, "analytics_cache")} == {TOMORROW}

    for name in ("order_facts", "day_totals", "analytics_cache", "inbox"):
        async with reporter_db.transaction() as connection:
            await connection.exec_driver_sql(f"TRUNCATE {name}")
    await fold(*events, today=TOMORROW)
    assert await dump(reporter_db, "analytics_cache") == turned


async def test_it_works_in_chunks(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_turn, "CHUNK_PRODUCTS", 2)
    await fold(orders_updated(cabinet_id, *(an_order(cabinet_id, str(n), nm_id=n) for n in range(1, 6))))
    assert await turn_day(reporter_db, cache, TOMORROW) == 6
    assert {row["period_end"] for row in await rows(reporter_db, "analytics_cache")} == {TOMORROW}


async def test_on_the_same_day_nothing_is_done(
    fold: Fold, reporter_db: Database, cabinet_id: UUID, cache: Cache
) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    before = await dump(reporter_db, "analytics_cache")
    assert await turn_day(reporter_db, cache, TODAY) == 0
    assert await dump(reporter_db, "analytics_cache") == before


async def test_cached_figures_are_stale(fold: Fold, reporter_db: Database, cabinet_id: UUID, cache: Cache) -> None:
    await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
    key = cache_keys.analytics(cabinet_id, 1, 7)

    async def cached(value: str) -> str:
        async def load() -> str:
            return value

        return await cache.get(key, tags=[key], ttl_seconds=60, load=load)

    assert [await cached("yesterday"), await cached("unused")] == ["yesterday", "yesterday"]
    await turn_day(reporter_db, cache, TOMORROW)
    assert await cached("today") == "today"
