"""Midnight in Moscow: how long it takes until every figure is of the new day, in batches.

`python -m bench.day_turn [cabinets=N] [items=N] [days=N]` on servers of its own. Items were ordered and bought on each
of the days, and are in stock.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.jobs.count_stale import count_stale
from reporter.jobs.turn_day import turn_day
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from sqlalchemy import text
from support.databases import fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry

TODAY = date(2026, 11, 20)
NOW = Waits(live=0, quiet=0, longest=0)

_FILL = (
    """INSERT INTO order_facts (cabinet_id, order_id, revision, srid, ordered_at, last_change_at, nm_id, is_cancel, day,
        updated_at, price_with_disc, warehouse_name, oblast_okrug_name, region_name, tech_size, barcode)
    SELECT CAST(:cabinet AS uuid), gen_random_uuid(), 1, '', at, at, n, d % 9 = 0, CAST(at AS date), at, 1494,
        'Koledino', 'Privolzhsky', 'Tatarstan', 'M', '2039000118842'
    FROM generate_series(1, CAST(:items AS integer)) AS n, generate_series(0, CAST(:days AS integer) - 1) AS d,
        LATERAL (SELECT CAST(:today AS date) - d + interval '9 hours' AS at) AS moment""",
    """INSERT INTO sales (cabinet_id, sale_id, order_id, is_return, sold_at, last_change_at, nm_id, day, revision,
        for_pay, price_with_disc)
    SELECT cabinet_id, CAST(order_id AS text), order_id, false, ordered_at + interval '3 days', ordered_at, nm_id,
        day + 3, 1, 1000, 1494
    FROM order_facts WHERE cabinet_id = :cabinet AND NOT is_cancel AND day + 3 <= CAST(:today AS date)""",
    """INSERT INTO products (cabinet_id, nm_id, revision, updated_at, is_listed, sizes, subject_id)
    SELECT :cabinet, n, 1, now(), true, '[{"chrt_id": 1, "tech_size": "M", "skus": ["2039000118842"]}]', 1
    FROM generate_series(1, CAST(:items AS integer)) AS n""",
    """INSERT INTO stocks (cabinet_id, nm_id, chrt_id, warehouse_id, revision, observed_at, quantity)
    SELECT :cabinet, n, 1, w, 1, now(), 20 FROM generate_series(1, CAST(:items AS integer)) AS n,
        generate_series(1, 2) AS w""",
    """INSERT INTO stale_cells (cabinet_id, nm_id, day)
    SELECT cabinet_id, nm_id, day FROM order_facts WHERE cabinet_id = :cabinet
    UNION SELECT cabinet_id, nm_id, day FROM sales WHERE cabinet_id = :cabinet""",
    """INSERT INTO stale_cabinets (cabinet_id, part, stale_since, marked_at, is_live)
    VALUES (:cabinet, 'cells', now(), now(), false)""",
)


@dataclass(frozen=True)
class Sizes:
    """What there is to turn."""

    cabinets: int = 4
    items: int = 1_000
    days: int = 30


async def measure(sizes: Sizes) -> Figures:
    """Seconds of each part, and what they come to for a million items. Needs DATABASE_URL and REDIS_URL."""
    async with fresh_databases(os.environ["DATABASE_URL"]) as fresh:
        database = await fresh.connect("reporter")
        redis = connect_redis(os.environ["REDIS_URL"])
        locks, pace, cache = CabinetLocks(), Pace(), Cache(redis)
        await _fill(database, sizes)
        filled = time.perf_counter()
        say("filled")
        await count_stale(database, cache, locks, pace, lambda: TODAY, waits=NOW)
        counted = time.perf_counter()
        say("counted the first time")
        tomorrow = TODAY + timedelta(days=1)
        async with _longest_transaction(database) as longest:
            items = await turn_day(database, cache, locks, pace, tomorrow)
            turned = time.perf_counter()
            say("periods are turned")
            await count_stale(database, cache, locks, pace, lambda: tomorrow, waits=NOW)
            done = time.perf_counter()
        await redis.aclose()
        await database.close()
    of_a_million = 1_000_000 / items
    of_all, of_a_million = f"a day turns for {items:,} items", 1_000_000 / items
    return {
        f"{of_all}, counted the first time": entry(counted - filled, None, "s"),
        f"{of_all}, periods": entry(turned - counted, None, "s"),
        f"{of_all}, sections": entry(done - turned, None, "s"),
        "… that is for a million items, periods": entry((turned - counted) * of_a_million / 60, None, "min"),
        "… sections": entry((done - turned) * of_a_million / 60, None, "min"),
        "… longest transaction": entry(1000 * max(longest), None, "ms"),
    }


async def _fill(database: Database, sizes: Sizes) -> None:
    values = {"items": sizes.items, "days": sizes.days, "today": TODAY}
    for number in range(sizes.cabinets):
        async with database.transaction() as connection:
            for statement in _FILL:
                given = {name: value for name, value in values.items() if f":{name}" in statement}
                await connection.execute(text(statement), {**given, "cabinet": UUID(int=number)})
    async with database.transaction() as connection:
        await connection.execute(text("ANALYZE"))


@asynccontextmanager
async def _longest_transaction(database: Database) -> AsyncIterator[list[float]]:
    """How long each transaction took, in seconds."""
    took: list[float] = [0.0]
    transaction = database.transaction

    @asynccontextmanager
    async def timed() -> AsyncIterator[Any]:
        began = time.perf_counter()
        async with transaction() as connection:
            yield connection
        took.append(time.perf_counter() - began)

    database.transaction = timed  # type: ignore[method-assign]  # to see how long each takes
    try:
        yield took
    finally:
        database.transaction = transaction  # type: ignore[method-assign]  # as it was


if __name__ == "__main__":
    run(measure, Sizes())
