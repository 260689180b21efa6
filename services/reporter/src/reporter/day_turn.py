"""The Moscow day turns: periods that ended yesterday are made to end today, also where nobody ordered."""

from datetime import date
from uuid import UUID

import structlog
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import analytics, cabinets, tags

log = structlog.get_logger()

CHUNK_PRODUCTS = 500
"""A cabinet's live orders wait for one chunk at most, some 50 ms."""

_STALE_CABINETS = text("SELECT DISTINCT cabinet_id FROM analytics_cache WHERE period_end < :today ORDER BY cabinet_id")
_STALE_PRODUCTS = text("""
SELECT DISTINCT nm_id FROM analytics_cache
WHERE cabinet_id = :cabinet_id AND period_end < :today
ORDER BY nm_id LIMIT :limit
""")


async def turn_day(database: Database, cache: Cache, today: date) -> int:
    """Rebuild every figure whose period ended before `today`, cabinet by cabinet; how many products had some."""
    async with database.transaction() as connection:
        stale = (await connection.execute(_STALE_CABINETS, {"today": today})).scalars().all()
    turned = 0
    for cabinet_id in stale:
        turned += await _turn_cabinet(database, cache, cabinet_id, today)
    if turned:
        log.info("day.turned", day=today.isoformat(), cabinets=len(stale), products=turned)
    return turned


async def _turn_cabinet(database: Database, cache: Cache, cabinet_id: UUID, today: date) -> int:
    turned = 0
    while True:
        async with database.transaction() as connection:
            await cabinets.hold(connection, cabinet_id)
            nm_ids = await turn_chunk(connection, cabinet_id, today, CHUNK_PRODUCTS)
        await cache.invalidate(sorted(tags.of_all_periods(cabinet_id, nm_ids)))
        turned += len(nm_ids)
        if len(nm_ids) < CHUNK_PRODUCTS:
            return turned


async def turn_chunk(connection: AsyncConnection, cabinet_id: UUID, today: date, limit: int) -> list[int]:
    """Rebuild the stale figures of up to `limit` products of a cabinet; which products (0: the whole cabinet)."""
    stale = await connection.execute(_STALE_PRODUCTS, {"cabinet_id": cabinet_id, "today": today, "limit": limit})
    nm_ids = list(stale.scalars())
    if nm_ids:
        await analytics.rebuild(connection, cabinet_id, nm_ids, today)
    return nm_ids
