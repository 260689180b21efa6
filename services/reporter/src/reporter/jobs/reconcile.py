"""Orders by API are compared with the funnel and finance wherever one of them changed, and as long as a day is open.

Comparing only reads, and holds nobody up; the cabinet is held for as long as it takes to store what was found.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from contracts.analytics import WHOLE_CABINET
from contracts.envelope import Origin
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.alerts import engine
from reporter.alerts.rule import Rule
from reporter.alerts.rules import finance_report, reconciliation_unknown
from reporter.cabinet_locks import CabinetLocks
from reporter.figures import failures
from reporter.figures.failures import RECONCILIATION
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.jobs.alone import each_alone
from reporter.reconciliation import finance, funnel, stale, store
from reporter.reconciliation.stale import Mark

log = structlog.get_logger()

CHUNK_ITEMS = 50
"""Some 10,000 days of items; a cabinet's live orders wait while what was found of them is stored."""
DAYS = 90
"""Orders can be asked about for so long."""
AFTER_SECONDS = 3600.0
"""Nobody waits for it, what is compared comes at different times, and a first load is over by then."""
FIRST_PAUSE_SECONDS = 60.0
"""As often as it is looked."""


async def reconcile(
    database: Database,
    locks: CabinetLocks,
    pace: Pace,
    today: Today,
    now: Callable[[], datetime],
    *,
    after_seconds: float = AFTER_SECONDS,
) -> int:
    """Reconcile the items that are due, cabinet by cabinet; how many cabinets had some.

    An item is unmarked in the transaction that stores what was found, unless it was marked again meanwhile: a process
    that dies leaves the rest to the next one. An item that fails is set aside (`figures/failures.py`), a cabinet that
    fails otherwise is tried again the next time; neither holds up another.
    """
    async with database.transaction() as connection:
        due = await stale.due(connection, after_seconds=after_seconds, today=today())
    for cabinet_id in due:
        try:
            await _reconcile_cabinet(database, locks, pace, cabinet_id, today(), now())
        except Exception as error:
            log.error("reconciliation.failed", cabinet_id=str(cabinet_id), exc_info=error)  # noqa: TRY400  # structlog's way
    return len(due)


async def _reconcile_cabinet(
    database: Database, locks: CabinetLocks, pace: Pace, cabinet_id: UUID, today: date, now: datetime
) -> None:
    after, is_told = WHOLE_CABINET, False
    while seen := await _reconcile_chunk(database, locks, pace, cabinet_id, today, now, after):
        after = seen[-1].nm_id
        is_told = is_told or any(mark.is_told for mark in seen)
    # Once for all items: what a report comes to is read from all of its lines.
    async with pace.unhurried(), locks.of(cabinet_id), database.transaction() as connection:
        if await cabinets.hold(connection, cabinet_id):
            await _look(connection, cabinet_id, finance_report.RULE, today, now, is_told=is_told)


async def _look(
    connection: AsyncConnection, cabinet_id: UUID, rule: Rule, today: date, now: datetime, *, is_told: bool
) -> None:
    origin = Origin.LIVE if is_told else Origin.BACKFILL
    await engine.look(
        connection, cabinet_id, {rule: [WHOLE_CABINET]}, today=today, now=now, origin_of=lambda *_: origin
    )


async def _reconcile_chunk(
    database: Database, locks: CabinetLocks, pace: Pace, cabinet_id: UUID, today: date, now: datetime, after: int
) -> list[Mark]:
    """Reconcile some items; which (none: all are)."""
    async with database.transaction() as connection:
        seen = await stale.next_marks(connection, cabinet_id, after=after, limit=CHUNK_ITEMS, today=today)

    async def work(marks: Sequence[Mark]) -> None:
        await _reconcile(database, locks, cabinet_id, marks, today, now)

    for each in await each_alone(database, seen, work, around=pace.unhurried):
        async with database.transaction() as connection:
            keys, pause = [(mark.nm_id, "") for mark in each.units], FIRST_PAUSE_SECONDS
            await failures.set_aside(connection, cabinet_id, RECONCILIATION, keys, each.error, first_pause=pause)
    return seen


async def _reconcile(
    database: Database, locks: CabinetLocks, cabinet_id: UUID, seen: Sequence[Mark], today: date, now: datetime
) -> None:
    async with database.transaction() as connection:
        nm_ids = [mark.nm_id for mark in seen]
        since = today - timedelta(days=DAYS - 1)
        parts = await funnel.read(connection, cabinet_id, nm_ids, since, today)
        parts += await finance.read(connection, cabinet_id, nm_ids, since)
        async with locks.of(cabinet_id):
            if not await cabinets.hold(connection, cabinet_id):
                return
            present = set(await stale.unmark(connection, cabinet_id, seen, today))
            if await store.write(connection, cabinet_id, present, parts, today):
                told = any(mark.is_told for mark in seen)
                await _look(connection, cabinet_id, reconciliation_unknown.RULE, today, now, is_told=told)
