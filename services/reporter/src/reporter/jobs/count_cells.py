"""What orders and sales changed is summed: days, then periods; in chunks that live events pass between."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracts.analytics import WHOLE_CABINET, PeriodFigures
from contracts.envelope import Origin
from servicekit import outbox
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import items, periods, report, stale, tags, totals
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.jobs.due_cabinets import of_each
from reporter.reconciliation import stale as reconciliation

CHUNK_CELLS = 1_000
"""A cabinet's live orders wait for one chunk at most, some 40 ms."""
CHUNK_DAYS = 10
"""Each is summed from every item that sold on it."""

WAITS = stale.Waits(live=0.3)


async def count_cells(
    database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, today: Today, waits: stale.Waits = WAITS
) -> int:
    """Count every stale cell of the cabinets that are due, and their periods; how many cabinets were due.

    What is counted is unmarked in the same transaction, and the sections that it is part of are marked: a process that
    dies leaves the rest to the next one.
    """

    async def count(due: stale.Due) -> None:
        await _count_cabinet(database, cache, locks, pace, due, today())

    return await of_each(database, stale.Part.CELLS, waits, count)


async def _count_cabinet(
    database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, due: stale.Due, today: date
) -> None:
    cabinet_id, after = due.cabinet_id, WHOLE_CABINET
    origin = Origin.LIVE if due.is_live else Origin.BACKFILL
    chunk = Chunk([], after, is_last=False)
    while not chunk.is_last:
        async with pace.unhurried():
            async with locks.of(cabinet_id), database.transaction() as connection:
                if not await cabinets.hold(connection, cabinet_id):
                    return
                chunk = await count_chunk(connection, cabinet_id, today, chunk.after, is_live=due.is_live)
                await outbox.append(connection, report.figures_events(cabinet_id, chunk.figures, origin=origin))
            await cache.invalidate(sorted(tags.of_figures(cabinet_id, chunk.figures)))


@dataclass(frozen=True)
class Chunk:
    """What one transaction counted."""

    figures: list[PeriodFigures]
    """Those that changed."""
    after: int
    """The item up to which all are counted."""
    is_last: bool
    """Whether the cabinet is done."""


async def count_chunk(
    connection: AsyncConnection, cabinet_id: UUID, today: date, after: int, *, is_live: bool
) -> Chunk:
    """Count some items with their periods; after the last of them some days of the cabinet; at last its periods.

    Items come by number, each once, so that this ends although others may go on marking.
    """
    taken = await stale.take_cells(connection, cabinet_id, today, after=after, limit=CHUNK_CELLS)
    cells, nm_ids = taken.cells, sorted({cell.nm_id for cell in taken.cells})
    await totals.count_items(connection, cabinet_id, cells)
    await stale.mark_days(connection, cabinet_id, {cell.day for cell in cells})
    is_last = False
    if len(cells) < CHUNK_CELLS:
        days = await stale.take_days(connection, cabinet_id, limit=CHUNK_DAYS)
        await totals.count_days(connection, cabinet_id, days)
        is_last = len(days) < CHUNK_DAYS
    if is_last:
        await stale.finish(connection, cabinet_id, stale.Part.CELLS)
    counted = [WHOLE_CABINET, *nm_ids] if is_last else nm_ids
    figures = await periods.rebuild(connection, cabinet_id, counted, today)
    wanted = dict.fromkeys(items.OF_CELLS, counted)
    told = taken.told | {WHOLE_CABINET} if taken.told else taken.told
    await stale.mark_sections(connection, cabinet_id, wanted, is_live=is_live, told=told)
    await reconciliation.mark(connection, cabinet_id, nm_ids, told=told)
    return Chunk(figures, max([after, *nm_ids]), is_last)
