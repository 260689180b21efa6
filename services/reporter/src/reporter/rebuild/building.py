"""The shadow of a cabinet: the log folded, what the log has not kept, and everything counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from servicekit.cache import Cache
from servicekit.db import Database
from sqlalchemy import text

from reporter import tables
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.moscow import day_of
from reporter.figures.pacing import Pace
from reporter.jobs.count_stale import count_stale
from reporter.rebuild.folding import Window, fold
from reporter.rebuild.keeping import keep
from reporter.subscribers import row_handlers

SMALL_TAIL = 50
"""Events that a pass may leave to the next one, which holds the cabinet."""

PASSES = 5

ROUNDS = 10
"""Cells mark sections, sections of items those of the cabinet: four are enough."""


class _NoCache(Cache):
    def __init__(self) -> None:
        pass

    async def invalidate(self, tags: object) -> bool:
        return True


NO_CACHE: Cache = _NoCache()
"""Nobody reads the shadow through a cache."""


class CannotCount(Exception):
    """Something of the shadow could not be counted; the log says why."""


@dataclass
class Built:
    """How a cabinet's shadow came about."""

    cabinet_id: UUID
    events: int = 0
    """Folded; the last ones of a pass are folded again by the next."""
    unreadable: int = 0
    unhandled: int = 0
    """Left to the reporter, which has yet to handle them."""
    log_begins_at: datetime | None = None
    kept: dict[str, int] = field(default_factory=dict)
    """Facts that the log has not, or has older, by table."""
    next_since: Mapping[str, datetime] = field(default_factory=dict)


async def build(shadow: Database, cabinet_id: UUID, now: datetime) -> Built:
    """Fold all that the reporter has handled until little comes after, keep what the log has not, count everything."""
    built = Built(cabinet_id)
    for _ in range(PASSES):
        if await catch_up(shadow, built, now) <= SMALL_TAIL:
            break
    await analyze(shadow)
    built.kept = await keep(shadow, cabinet_id)
    await count(shadow, now)
    return built


async def catch_up(shadow: Database, built: Built, now: datetime) -> int:
    """Fold what was published, or handled, since the pass before; how many events."""
    folded = await fold(shadow, built.cabinet_id, row_handlers(lambda: now), Window(since=built.next_since))
    built.next_since = folded.next_since
    built.events += folded.events
    built.unreadable = max(built.unreadable, folded.unreadable)
    built.unhandled = folded.unhandled
    built.log_begins_at = folded.begins_at
    return folded.events


async def count(shadow: Database, now: datetime) -> None:
    """Count all that is marked, as the jobs do, until nothing is.

    Raises:
        CannotCount: something stays marked.
    """
    at_once = Waits(live=0, quiet=0, longest=0)
    for _ in range(ROUNDS):
        if not await count_stale(
            shadow, NO_CACHE, CabinetLocks(), Pace(), lambda: day_of(now), now=lambda: now, waits=at_once
        ):
            return
    raise CannotCount("something of the shadow could not be counted: see the log above")


async def analyze(shadow: Database) -> None:
    """So many rows came so quickly that PostgreSQL knows nothing of them yet."""
    async with shadow.transaction() as connection:
        for table in tables.metadata.sorted_tables:
            await connection.execute(text(f"ANALYZE {table.name}"))
