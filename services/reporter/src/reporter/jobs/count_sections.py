"""Sections of items are counted anew where something changed that they are made of.

What is slow about them only reads, and holds nobody up; the cabinet is held for as long as it takes to write.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section
from servicekit import clock
from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine as alerts
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import conditions, items, stale, tags
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.figures.stale import Due, Part, Waits
from reporter.jobs.due_cabinets import of_each

CHUNK_MARKS = 250
"""Some 30 items with every section: live events wait for a few milliseconds of arithmetic at most."""

WAITS = {Part.ITEMS: Waits(live=0.5), Part.MONEY: Waits(live=0.5), Part.WHOLE: Waits(live=10)}
"""In the order in which they are counted. The whole cabinet is counted less often while orders come."""


class AfterCounting(Protocol):
    """What follows from sections that were counted, in the transaction that wrote them.

    `told` are the items that no backfill alone brought up: of these people may be told.
    """

    async def __call__(
        self,
        connection: AsyncConnection,
        cabinet_id: UUID,
        counted: Mapping[Section, Collection[int]],
        *,
        today: date,
        now: datetime,
        told: Collection[int],
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
        after: int | None = WHOLE_CABINET - 1
        while after is not None:
            async with pace.unhurried():
                after, changed = await _count_chunk(database, locks, due, after, today(), now(), after_counting)
                await cache.invalidate(sorted(tags.of_items(due.cabinet_id, changed)))

    return sum([await of_each(database, part, waits[part], count) for part in WAITS])


async def _count_chunk(
    database: Database,
    locks: CabinetLocks,
    due: Due,
    after: int,
    today: date,
    now: datetime,
    after_counting: AfterCounting,
) -> tuple[int | None, list[items.Figure]]:
    """Count some items by their number; up to which (none: all are counted), and what changed."""
    cabinet_id = due.cabinet_id
    async with database.transaction() as connection:
        seen = await stale.next_sections(connection, cabinet_id, due.part, after=after, limit=CHUNK_MARKS)
        told = {mark.nm_id for mark in seen if mark.is_told}
        counted = await items.count(connection, cabinet_id, stale.by_section(seen), today)
        async with locks.of(cabinet_id):
            if not await cabinets.hold(connection, cabinet_id):
                return None, []
            present = await stale.unmark(connection, cabinet_id, seen, today)
            share = await conditions.shop_share(connection, cabinet_id)
            changed = await items.write(connection, cabinet_id, present, counted, today)
            follows = items.made_of(changed)
            if due.part is not Part.WHOLE:
                follows |= {section: {WHOLE_CABINET, *follows.get(section, ())} for section in present}
            elif share != await conditions.shop_share(connection, cabinet_id):
                follows[Section.MONEY] |= await conditions.items_by_shop_share(connection, cabinet_id)
            told_of = told | {WHOLE_CABINET} if told and due.part is not Part.WHOLE else told
            await stale.mark_sections(connection, cabinet_id, follows, is_live=due.is_live, told=told_of)
            is_last = len(seen) < CHUNK_MARKS
            if is_last:
                await stale.finish(connection, cabinet_id, due.part)
            await after_counting(connection, cabinet_id, present, today=today, now=now, told=told)
    return None if is_last else seen[-1].nm_id, changed
