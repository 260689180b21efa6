"""What orders and sales changed is summed: days, then periods; in chunks that live events pass between."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog
from contracts.analytics import WHOLE_CABINET, PeriodFigures
from contracts.envelope import Origin
from servicekit import outbox
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.faults import is_ours
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import failures, items, periods, report, stale, stale_cells, tags, totals
from reporter.figures.due import Due, Waits, finish
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.figures.parts import Part
from reporter.figures.stale_cells import Taken
from reporter.jobs.alone import Failed, each_alone
from reporter.jobs.due_cabinets import of_each
from reporter.reconciliation import stale as reconciliation

log = structlog.get_logger()

CHUNK_CELLS = 1_000
"""A cabinet's live orders wait for one chunk at most, some 40 ms."""
CHUNK_DAYS = 10
"""Each is summed from every item that sold on it."""

WAITS = Waits(live=0.3)


async def count_cells(
    database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, today: Today, waits: Waits = WAITS
) -> int:
    """Count every stale cell of the cabinets that are due, and their periods; how many cabinets were due.

    What is counted is unmarked in the same transaction, and the sections that it is part of are marked: a process that
    dies leaves the rest to the next one. An item that cannot be counted is set aside (`figures/failures.py`).
    """

    async def count(due: Due) -> None:
        counting = _Counting(database, cache, locks, pace, due, today(), waits.quiet)
        chunk = Chunk([], WHOLE_CABINET, is_last=False)
        while not chunk.is_last:
            chunk = await _count_next(counting, chunk.after)

    return await of_each(database, Part.CELLS, waits, count)


@dataclass(frozen=True)
class _Counting:
    """The cells of one cabinet are counted."""

    database: Database
    cache: Cache
    locks: CabinetLocks
    pace: Pace
    due: Due
    today: date
    first_pause: float


@dataclass(frozen=True)
class Chunk:
    """What one transaction counted."""

    figures: list[PeriodFigures]
    """Those that changed."""
    after: int
    """The item up to which all are counted."""
    is_last: bool
    """Whether the cabinet is done."""


async def _count_next(counting: _Counting, after: int) -> Chunk:
    try:
        async with counting.pace.unhurried():
            return await _count_together(counting, after)
    except Exception as error:
        if await is_ours(error, counting.database):
            raise
        log.warning("cells.failed_together", error=f"{type(error).__name__}: {error}"[:300])
        return await _count_apart(counting, after, error)


async def _count_together(counting: _Counting, after: int) -> Chunk:
    async with _held(counting) as connection:
        if connection is None:
            return Chunk([], after, is_last=True)
        cabinet_id, is_live = counting.due.cabinet_id, counting.due.is_live
        chunk = await count_chunk(connection, cabinet_id, counting.today, after, is_live=is_live)
        await _append(connection, counting, chunk.figures)
    await _tell_cache(counting, chunk.figures)
    return chunk


async def _count_apart(counting: _Counting, after: int, error: Exception) -> Chunk:
    """Count the items of a chunk that failed in halves, until what fails is alone, and set that aside.

    Without items it is the cabinet itself that failed.
    """
    cabinet_id, today = counting.due.cabinet_id, counting.today
    async with counting.database.transaction() as connection:
        nm_ids = await stale_cells.next_items(connection, cabinet_id, after=after, limit=CHUNK_CELLS)

    async def work(part: Sequence[int]) -> None:
        async with _held(counting) as connection:
            if connection is None:
                return
            taken = await stale_cells.take_cells_of(connection, cabinet_id, today, part)
            await _total(connection, cabinet_id, taken)
            figures = await _sum_up(connection, cabinet_id, today, part, taken, is_live=counting.due.is_live)
            await _append(connection, counting, figures)
        await _tell_cache(counting, figures)

    failed: list[Failed[int]] = [Failed([WHOLE_CABINET], error)]
    if nm_ids:
        failed = await each_alone(counting.database, nm_ids, work, around=counting.pace.unhurried)
    async with _held(counting) as held:
        if held is None:
            return Chunk([], after, is_last=True)
        for each in failed:
            keys, pause = [(nm_id, "") for nm_id in each.units], counting.first_pause
            await failures.set_aside(held, cabinet_id, Part.CELLS, keys, each.error, first_pause=pause)
        if not nm_ids:
            await stale.mark_days(held, cabinet_id, [today])
            await finish(held, cabinet_id, Part.CELLS)
    return Chunk([], max([after, *nm_ids]), is_last=not nm_ids)


@asynccontextmanager
async def _held(counting: _Counting) -> AsyncIterator[AsyncConnection | None]:
    """A transaction that holds the cabinet; none if it is disconnected."""
    async with counting.locks.of(counting.due.cabinet_id), counting.database.transaction() as connection:
        yield connection if await cabinets.hold(connection, counting.due.cabinet_id) else None


async def _append(connection: AsyncConnection, counting: _Counting, figures: list[PeriodFigures]) -> None:
    origin = Origin.LIVE if counting.due.is_live else Origin.BACKFILL
    await outbox.append(connection, report.figures_events(counting.due.cabinet_id, figures, origin=origin))


async def _tell_cache(counting: _Counting, figures: list[PeriodFigures]) -> None:
    await counting.cache.invalidate(sorted(tags.of_figures(counting.due.cabinet_id, figures)))


async def count_chunk(
    connection: AsyncConnection, cabinet_id: UUID, today: date, after: int, *, is_live: bool
) -> Chunk:
    """Count some items with their periods; after the last of them some days of the cabinet; at last its periods.

    Items come by number, each once, so that this ends although others may go on marking.
    """
    taken = await stale_cells.take_cells(connection, cabinet_id, today, after=after, limit=CHUNK_CELLS)
    nm_ids = await _total(connection, cabinet_id, taken)
    counted, is_last = nm_ids, False
    if len(taken.cells) < CHUNK_CELLS:
        days = await stale_cells.take_days(connection, cabinet_id, limit=CHUNK_DAYS)
        await totals.count_days(connection, cabinet_id, days or [])
        is_last = len(days or []) < CHUNK_DAYS
        if is_last and days is not None:
            counted = [WHOLE_CABINET, *nm_ids]
    if is_last:
        await finish(connection, cabinet_id, Part.CELLS)
    figures = await _sum_up(connection, cabinet_id, today, counted, taken, is_live=is_live)
    return Chunk(figures, max([after, *nm_ids]), is_last)


async def _total(connection: AsyncConnection, cabinet_id: UUID, taken: Taken) -> list[int]:
    """Count the cells; their items."""
    await totals.count_items(connection, cabinet_id, taken.cells)
    await stale.mark_days(connection, cabinet_id, {cell.day for cell in taken.cells})
    return sorted({cell.nm_id for cell in taken.cells})


async def _sum_up(
    connection: AsyncConnection, cabinet_id: UUID, today: date, counted: Sequence[int], taken: Taken, *, is_live: bool
) -> list[PeriodFigures]:
    """Count the periods of these items (0: of the cabinet), and mark what follows."""
    figures = await periods.rebuild(connection, cabinet_id, counted, today)
    told = taken.told | {WHOLE_CABINET} if taken.told else taken.told
    await stale.mark_sections(
        connection, cabinet_id, dict.fromkeys(items.OF_CELLS, counted), is_live=is_live, told=told
    )
    of_items = [nm_id for nm_id in counted if nm_id != WHOLE_CABINET]
    await reconciliation.mark(connection, cabinet_id, of_items, told=told)
    return figures
