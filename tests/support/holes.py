"""Holes in what Wildberries answers, and what is missing because of them: by day, beside the truth."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from ingestor.resources import RESOURCES
from ingestor.sync.extents import EXTENTS
from ingestor.wb.times import moscow_day
from servicekit.db import Database
from wbsim.running import Wbsim
from wbsim.withholding import days_before, moscow_date

from support.rows import rows

KEYS: Mapping[str, tuple[str, ...]] = {
    "orders": ("srid",),
    "sales": ("saleID",),
    "order_feed": ("srid",),
    "fbs_orders": ("id",),
    "finance": ("reportId", "rrdId"),
    "feedbacks": ("id",),
    "questions": ("id",),
}
"""What tells rows apart at Wildberries, of what is read again at night and listed row by row there."""

PATHS: Mapping[str, str] = {
    "orders": "/api/v1/supplier/orders",
    "sales": "/api/v1/supplier/sales",
    "order_feed": "/api/analytics/v1/order-feed",
    "fbs_orders": "/api/v3/orders",
    "finance": "/api/finance",
    "feedbacks": "/api/v1/feedbacks",
    "questions": "/api/v1/questions",
}

Dated = dict[tuple[str, ...], str]
"""Days (`YYYY-MM-DD`, of Moscow) by the keys of rows."""


async def make(wb: Wbsim, rng: Random, *resources: str) -> None:
    """Wildberries hides something of each resource: some pages, a part of the rows, some days, or all of that."""
    now = wb.world.clock.now()
    for name in resources:
        path = PATHS[name]
        first = rng.randrange(5, 25)
        await wb.fault(path, "held_back", share=round(rng.uniform(0.05, 0.4), 2))
        await wb.fault(path, "missing_days", days=days_before(now, first + rng.randrange(1, 6), first))
        await wb.fault(path, "dropped_pages", share=round(rng.uniform(0, 0.3), 2))


async def truth(wb: Wbsim, sid: str, resource: str) -> Dated:
    """The rows that are there, of the days that are read again."""
    found = await wb.rows(resource, sid)
    dated = {tuple(str(row[name]) for name in KEYS[resource]): moscow_date(json.dumps(row).encode()) for row in found}
    return {key: day for key, day in dated.items() if day is not None and _is_read_again(resource, day)}


async def stored(database: Database, resource: str) -> Dated:
    """The rows that are stored, of the same days."""
    storage, column = RESOURCES[resource].storage, EXTENTS[resource].dated_by
    found = await rows(database, f"SELECT * FROM {storage.table.name} WHERE {storage.digest} IS NOT NULL")
    dated = {tuple(str(row[name]) for name in storage.keys): _day(row[column]) for row in found}
    return {key: day for key, day in dated.items() if _is_read_again(resource, day)}


def by_day(*keys: set[tuple[str, ...]], of: Dated) -> dict[str, int]:
    """How many of some rows each day has."""
    return dict(Counter(of[key] for key in set().union(*keys)))


def _day(at: Any) -> str:
    return str(moscow_day(at) if isinstance(at, datetime) else at)


def _is_read_again(resource: str, day: str) -> bool:
    today = moscow_day(datetime.now(UTC))
    return str(today - timedelta(days=EXTENTS[resource].days)) <= day < str(today)
