"""Sections of items are counted anew where something changed that they are made of.

What is slow about them only reads, and holds nobody up; the cabinet is held for as long as it takes to write. A section
of an item that cannot be counted is set aside (`figures/failures.py`), and the others are counted.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

import structlog
from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from servicekit import clock
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.faults import is_ours
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine as alerts
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import conditions, failures, items, stale, tags
from reporter.figures.due import Due, Waits, finish
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.figures.parts import Part
from reporter.figures.stale import Mark
from reporter.jobs.alone import each_alone
from reporter.jobs.due_cabinets import of_each

log = structlog.get_logger()

CHUNK_MARKS = 250
"""Some 30 items with every section: live events wait for a few milliseconds of arithmetic at most."""

WAITS = {Part.ITEMS: Waits(live=0.5), Part.MONEY: Waits(live=0.5), Part.WHOLE: Waits(live=10)}
"""In the order in which they are counted. The whole cabinet is counted less often while orders come."""


class AfterCounting(Protocol):
    """What follows from sections that were counted, in the transaction that wrote them.

    `told` are the items, by section, that no backfill alone brought up: of these people may be told.
    """

    async def __call__(
        self,
        connection: AsyncConnection,
        cabinet_id: UUID,
        counted: Mapping[Section, Collection[int]],
        *,
        today: date,
        now: datetime,
        told: Mapping[Section, Collection[int]],
    ) -> None: ...


async def count_sections(
    database: Database,
    cache: Cache,
    locks: CabinetLocks,
    pace: Pace,
    today: Today,
    now: Callable[[], datetime] = clock.now,
    after_counting: AfterCounting = alerts.after_counting,
    waits: Mapping[Part, Waits] = WAITS,
) -> int:
    """Count the stale sections of items and then of cabinets, wherever they are due; of how many cabinets and parts.

    A section is unmarked in the transaction that writes it, unless it was marked again while it was counted.
    """

    async def count(due: Due) -> None:
        counting = _Counting(database, cache, locks, pace, due, today(), now(), after_counting, waits[due.part].quiet)
        after: int | None = WHOLE_CABINET - 1
        while after is not None:
            after = await _count_chunk(counting, after)

    return sum([await of_each(database, part, waits[part], count) for part in WAITS])


@dataclass(frozen=True)
class _Counting:
    """One part of one cabinet is counted."""

    database: Database
    cache: Cache
    locks: CabinetLocks
    pace: Pace
    due: Due
    today: date
    now: datetime
    after_counting: AfterCounting
    first_pause: float


async def _count_chunk(counting: _Counting, after: int) -> int | None:
    """Count some items by their number; up to which (none: all are counted)."""
    seen: list[Mark] = []
    try:
        async with counting.pace.unhurried():
            async with counting.database.transaction() as connection:
                seen = await _next(connection, counting, after)
                changed = await _count(connection, counting, seen, is_last=_is_last(seen))
            await _tell_cache(counting, changed)
    except Exception as error:
        if await is_ours(error, counting.database):
            raise
        log.warning("sections.failed_together", part=counting.due.part, error=f"{type(error).__name__}: {error}"[:300])
        seen = await _count_apart(counting, after)
    return None if _is_last(seen) else seen[-1].nm_id


async def _next(connection: AsyncConnection, counting: _Counting, after: int) -> list[Mark]:
    cabinet_id, part = counting.due.cabinet_id, counting.due.part
    return await stale.next_sections(connection, cabinet_id, part, after=after, limit=CHUNK_MARKS)


def _is_last(seen: Sequence[Mark]) -> bool:
    return len(seen) < CHUNK_MARKS


async def _count_apart(counting: _Counting, after: int) -> list[Mark]:
    """Count the chunk section by section, what fails item by item, and set that aside; what was in the chunk."""
    cabinet_id, part = counting.due.cabinet_id, counting.due.part
    async with counting.database.transaction() as connection:
        seen = await _next(connection, counting, after)

    async def work(marks: Sequence[Mark]) -> None:
        async with counting.database.transaction() as connection:
            changed = await _count(connection, counting, marks, is_last=False)
        await _tell_cache(counting, changed)

    pace = counting.pace.unhurried
    failed = await each_alone(counting.database, seen, work, kind_of=lambda mark: mark.section, around=pace)
    async with counting.locks.of(cabinet_id), counting.database.transaction() as connection:
        if await cabinets.hold(connection, cabinet_id):
            for each in failed:
                keys = [(mark.nm_id, mark.section.value) for mark in each.units]
                pause = counting.first_pause
                await failures.set_aside(connection, cabinet_id, part, keys, each.error, first_pause=pause)
            if _is_last(seen):
                await finish(connection, cabinet_id, part)
    return seen


async def _count(
    connection: AsyncConnection, counting: _Counting, seen: Sequence[Mark], *, is_last: bool
) -> list[items.Figure]:
    """Count these marks and write what is different; what is."""
    due, today, cabinet_id = counting.due, counting.today, counting.due.cabinet_id
    told = stale.by_section([mark for mark in seen if mark.is_told])
    told_items: set[int] = set().union(*told.values())
    counted = await items.count(connection, cabinet_id, stale.by_section(seen), today)
    async with counting.locks.of(cabinet_id):
        if not await cabinets.hold(connection, cabinet_id):
            return []
        present = await stale.unmark(connection, cabinet_id, seen, today)
        share = await conditions.shop_share(connection, cabinet_id)
        changed = await items.write(connection, cabinet_id, present, counted, today)
        follows = items.made_of(changed)
        if due.part is not Part.WHOLE:
            follows |= {section: {WHOLE_CABINET, *follows.get(section, ())} for section in present}
        elif share != await conditions.shop_share(connection, cabinet_id):
            follows[Section.MONEY] |= await conditions.items_by_shop_share(connection, cabinet_id)
        told_of = told_items | {WHOLE_CABINET} if told and due.part is not Part.WHOLE else told_items
        await stale.mark_sections(connection, cabinet_id, follows, is_live=due.is_live, told=told_of)
        if again := [(mark.nm_id, mark.section.value) for mark in seen if mark.failures]:
            await failures.recovered(connection, cabinet_id, due.part, again)
        if is_last:
            await finish(connection, cabinet_id, due.part)
        await counting.after_counting(connection, cabinet_id, present, today=today, now=counting.now, told=told)
    return changed


async def _tell_cache(counting: _Counting, changed: Collection[items.Figure]) -> None:
    await counting.cache.invalidate(sorted(tags.of_items(counting.due.cabinet_id, changed)))
