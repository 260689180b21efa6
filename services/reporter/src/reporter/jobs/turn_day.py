"""The Moscow day turns: figures that were of yesterday are made to be of today, also where nobody ordered."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from uuid import UUID

import structlog
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.faults import is_ours
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import items, periods, stale, tags
from reporter.figures.pacing import Pace

log = structlog.get_logger()

CHUNK_ITEMS = 200
"""A cabinet's live orders wait for one chunk at most, some 50 ms."""

SumUp = Callable[[AsyncConnection, UUID, Sequence[int], date], Awaitable[object]]
"""What is done about the periods of some items."""

_CABINETS = text("SELECT cabinet_id FROM figure_days WHERE day < :today ORDER BY cabinet_id")
# An item that nobody knows anything of yet may have a plan that begins.
_NEXT_ITEMS = text("""
SELECT nm_id FROM (
    (SELECT DISTINCT nm_id FROM analytics_cache WHERE cabinet_id = :cabinet_id AND nm_id > :after
     ORDER BY nm_id LIMIT :limit)
    UNION
    (SELECT DISTINCT nm_id FROM item_figures WHERE cabinet_id = :cabinet_id AND nm_id > :after
     ORDER BY nm_id LIMIT :limit)
    UNION
    (SELECT nm_id FROM plans WHERE cabinet_id = :cabinet_id AND nm_id > :after
         AND month = date_trunc('month', CAST(:today AS date)) AND NOT gone
     ORDER BY nm_id LIMIT :limit)
) AS either ORDER BY nm_id LIMIT :limit
""")
_AFTER = text("SELECT after_nm_id FROM figure_days WHERE cabinet_id = :cabinet_id AND day < :today")
_TURNED_TO = text("UPDATE figure_days SET after_nm_id = :after WHERE cabinet_id = :cabinet_id")
_TURNED = text("UPDATE figure_days SET day = :today, after_nm_id = -1 WHERE cabinet_id = :cabinet_id")


async def turn_day(database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, today: date) -> int:
    """Turn every cabinet whose figures are of a day before `today`, one after another; how many items had some.

    Periods are summed at once; sections are marked, for `jobs/count_sections.py` to count. Items that fail together are
    left to `jobs/count_cells.py`, which finds out which it was. A process that dies leaves the rest to the next one; a
    cabinet that fails is tried again the next time, and holds up no other.
    """
    async with database.transaction() as connection:
        stale_cabinets = (await connection.execute(_CABINETS, {"today": today})).scalars().all()
    turned = 0
    for cabinet_id in stale_cabinets:
        try:
            turned += await _turn_cabinet(database, cache, locks, pace, cabinet_id, today)
        except Exception as error:
            log.error("day.turn_failed", cabinet_id=str(cabinet_id), exc_info=error)  # noqa: TRY400  # structlog's way
    if turned:
        log.info("day.turned", day=today.isoformat(), cabinets=len(stale_cabinets), items=turned)
    return turned


async def _turn_cabinet(
    database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, cabinet_id: UUID, today: date
) -> int:
    turned = 0
    while True:
        async with pace.unhurried():
            try:
                nm_ids = await _turn_next(database, locks, cabinet_id, today, periods.rebuild)
            except Exception as error:
                if await is_ours(error, database):
                    raise
                log.warning(
                    "day.turned_later", cabinet_id=str(cabinet_id), error=f"{type(error).__name__}: {error}"[:300]
                )
                nm_ids = await _turn_next(database, locks, cabinet_id, today, stale.mark_cells)
            await cache.invalidate(sorted(tags.of_all_periods(cabinet_id, nm_ids)))
        turned += len(nm_ids)
        if len(nm_ids) < CHUNK_ITEMS:
            return turned


async def _turn_next(
    database: Database, locks: CabinetLocks, cabinet_id: UUID, today: date, sum_up: SumUp
) -> list[int]:
    async with locks.of(cabinet_id), database.transaction() as connection:
        if not await cabinets.hold(connection, cabinet_id):
            return []
        return await turn_chunk(connection, cabinet_id, today, CHUNK_ITEMS, sum_up)


async def turn_chunk(
    connection: AsyncConnection, cabinet_id: UUID, today: date, limit: int, sum_up: SumUp = periods.rebuild
) -> list[int]:
    """Turn the next items of a cabinet (0: the cabinet itself), `limit` at most; which ones."""
    after = await connection.scalar(_AFTER, {"cabinet_id": cabinet_id, "today": today})
    if after is None:
        return []  # somebody else has turned it
    values = {"cabinet_id": cabinet_id, "after": after, "limit": limit, "today": today}
    nm_ids = list((await connection.execute(_NEXT_ITEMS, values)).scalars())
    await sum_up(connection, cabinet_id, nm_ids, today)
    wanted = dict.fromkeys(items.COUNTS, nm_ids)
    await stale.mark_sections(connection, cabinet_id, wanted, is_live=False, told=nm_ids)
    if len(nm_ids) == limit:
        await connection.execute(_TURNED_TO, {"cabinet_id": cabinet_id, "after": nm_ids[-1]})
    else:
        await connection.execute(_TURNED, {"cabinet_id": cabinet_id, "today": today})
    return nm_ids
