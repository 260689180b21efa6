"""The nightly reconciliation: what was read as news is read again as far back as Wildberries keeps it, and compared.

`enrol` gives each resource that has been loaded its turn (`nights`); `begin` asks for the ranges of those whose turn it
is (`sync.ranges`, which read them after all news, within the budget); `settle` writes the ledger of those that have
been read, says what was found, and sets the next turn. Days of which Wildberries showed less than is stored are read
once more soon: that reading may have lacked other rows too. Which of two is right no third one would tell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import structlog
from contracts.syncs import ReconciledDay, SyncReconciledV1
from contracts.wb_token import TokenKind
from servicekit import clock, outbox
from servicekit.counters import begin_at_zero
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import make_event
from ingestor.metrics import RECONCILIATIONS, count_reconciliation
from ingestor.resources import RESOURCES
from ingestor.sync import ledger, nights, ranges
from ingestor.sync.extents import EXTENTS
from ingestor.sync.ledger import Days, Hole
from ingestor.sync.nights import Night
from ingestor.sync.sharing import kinds_apart, sharing
from ingestor.wb.budget import Budget
from ingestor.wb.times import moscow_day, moscow_midnight

log = structlog.get_logger()

begin_at_zero(RECONCILIATIONS, *((resource, "failed") for resource in EXTENTS))

EVERY_SECONDS = 60
ENROL_EVERY_SECONDS = 10 * 60
CHUNK = 500

AGAIN = timedelta(hours=1)
"""When days of which Wildberries showed less than is stored are read once more."""

YET_TO_COME = timedelta(hours=22)
"""A range that ends so late in a day ends when it is read, if it waits no longer than a night; with it the order feed's
days are one window still."""

LOST = timedelta(days=35)
"""A range that was not read by then is forgotten, and asked for anew."""

_NEW = text("""
    SELECT s.cabinet_id, s.resource FROM sync_state s JOIN cabinets c USING (cabinet_id)
    WHERE c.status = 'verified' AND s.first_load_done AND s.resource = ANY (CAST(:resources AS text[]))
        AND NOT EXISTS (
            SELECT FROM reconciliations r WHERE r.cabinet_id = s.cabinet_id AND r.resource = s.resource)
    LIMIT :limit
""")
_ENROL = text("""
    INSERT INTO reconciliations (cabinet_id, resource, due_at)
    SELECT s.cabinet_id, s.resource, due_at
    FROM unnest(CAST(:cabinets AS uuid[]), CAST(:resources AS text[]), CAST(:due AS timestamptz[]))
        AS turns (cabinet_id, resource, due_at)
        JOIN sync_state s USING (cabinet_id, resource)
    ON CONFLICT DO NOTHING
""")
# What is not read, because WB refuses it or something else stands in for it, keeps its turn until it is.
_DUE = text(f"""
    SELECT r.cabinet_id, r.resource, r.since, r.until, r.nights, r.first, r.last, coalesce(r.rows, s.rows) AS rows,
        c.kind, {sharing("r.resource")} AS sharing
    FROM reconciliations r JOIN cabinets c USING (cabinet_id) JOIN sync_state s USING (cabinet_id, resource)
    WHERE r.due_at <= now() AND r.resource = ANY (CAST(:resources AS text[])) AND c.status = 'verified'
        AND s.first_load_done AND s.suspended_reason IS NULL AND s.next_run_at < 'infinity'
    ORDER BY r.due_at LIMIT :limit FOR UPDATE OF r SKIP LOCKED
""")
_UNDER_WAY = text("""
    UPDATE reconciliations r SET range_id = begun.range_id, since = begun.since, until = begun.until,
        nights = begun.nights, first = begun.first, last = begun.last, error = NULL,
        due_at = now() + CAST(:lost AS interval)
    FROM unnest(CAST(:cabinets AS uuid[]), CAST(:resources AS text[]), CAST(:ranges AS uuid[]), CAST(:since AS date[]),
        CAST(:until AS date[]), CAST(:nights AS integer[]), CAST(:first AS date[]), CAST(:last AS date[]))
        AS begun (cabinet_id, resource, range_id, since, until, nights, first, last)
    WHERE r.cabinet_id = begun.cabinet_id AND r.resource = begun.resource
""").bindparams(lost=LOST)
_READ = text("""
    SELECT r.cabinet_id, r.resource, r.range_id, r.since, r.until, r.nights, r.first, r.last, r.again,
        g.state = 'done' AS is_done, g.asked_at, g.error
    FROM reconciliations r JOIN sync_ranges g ON g.cabinet_id = r.cabinet_id AND g.id = r.range_id
    WHERE g.state IN ('done', 'failed') LIMIT 1 FOR UPDATE OF r, g SKIP LOCKED
""")
_NEXT = text("""
    UPDATE reconciliations SET range_id = NULL, due_at = :due_at, since = :since, until = :until, first = :first,
        last = :last, again = :again, error = :error,
        whole_at = CASE WHEN :is_whole THEN now() ELSE whole_at END,
        whole_since = CASE WHEN :is_whole THEN :whole_since ELSE whole_since END,
        whole_until = CASE WHEN :is_whole THEN :whole_until ELSE whole_until END,
        rows = CASE WHEN :is_whole THEN :rows ELSE rows END
    WHERE cabinet_id = :cabinet_id AND resource = :resource
""")


@dataclass(frozen=True, slots=True)
class Begun:
    """A night's reading of one resource of a cabinet: its `night` of the pass from `first` until before `last`."""

    cabinet_id: UUID
    resource: str
    night: Night
    first: date
    last: date


def watch(database: Database, budget: Budget, *, rate: float) -> Callable[[], Any]:
    """A look at what is due and what has been read, to be taken every `EVERY_SECONDS`."""

    async def look() -> None:
        while await begin(database, budget) == CHUNK:
            pass
        while await settle(database, rate=rate):
            pass

    return look


async def enrol(database: Database) -> int:
    """Give up to `CHUNK` resources that have been loaded their turn at night; how many."""
    now = clock.now()
    async with database.transaction() as connection:
        new = (await connection.execute(_NEW, {"resources": list(EXTENTS), "limit": CHUNK})).all()
        due = [_turn(now, cabinet_id, resource) for cabinet_id, resource in new]
        values = {"cabinets": [each[0] for each in new], "resources": [each[1] for each in new], "due": due}
        await connection.execute(_ENROL, values)
    return len(new)


async def begin(database: Database, budget: Budget) -> int:
    """Ask for the ranges of up to `CHUNK` resources whose turn it is; how many."""
    now = clock.now()
    resources = [name for name in EXTENTS if name in RESOURCES]
    async with database.transaction() as connection:
        values = {"resources": resources, "limit": CHUNK, **kinds_apart()}
        due = (await connection.execute(_DUE, values)).mappings().all()
        begun = [_tonight(row, budget, now) for row in due]
        asked = [
            ranges.Asked(each.cabinet_id, each.resource, *_moments(each, now), ranges.RECONCILIATION) for each in begun
        ]
        ids = await ranges.ask_all(connection, asked)
        await ledger.begin(connection, [(each.cabinet_id, ids[each.cabinet_id, each.resource]) for each in begun])
        await connection.execute(_UNDER_WAY, _columns(begun, ids))
    return len(begun)


async def settle(database: Database, *, rate: float) -> bool:
    """Write down what came of one range that has been read; whether there was one."""
    async with database.transaction() as connection:
        row = (await connection.execute(_READ)).mappings().first()
        if row is None:
            return False
        found = await _compare(connection, row) if row["is_done"] else []
        await ledger.forget(connection, row["cabinet_id"], row["range_id"])
        await connection.execute(_NEXT, await _next(connection, row, found, rate=rate))
    late = sum(hole.late for hole in found)
    outcome = "failed" if not row["is_done"] else "holes" if found else "whole"
    count_reconciliation(row["resource"], outcome, late)
    if found:
        log.warning(
            "sync.holes", cabinet_id=str(row["cabinet_id"]), resource=row["resource"], days=len(found), late=late
        )
    return True


def _tonight(row: Any, budget: Budget, now: datetime) -> Begun:
    """The days that are read tonight: those of a pass under way that are left, or of a new one."""
    resource, extent, today = RESOURCES[row["resource"]], EXTENTS[row["resource"]], moscow_day(now)
    within = resource.reading.within
    assert within is not None, f"{resource.name} cannot be read again"  # noqa: S101
    kept = max(today - timedelta(days=extent.days), moscow_day(within.earliest(now)) + timedelta(days=1))
    first, until, last = kept, today, today
    if row["until"] is not None and row["until"] > kept:
        first, until, last = max(row["first"], kept), row["until"], row["last"]
        if row["since"] is not None:
            again = Night(max(row["since"], kept), until, row["nights"])
            return Begun(row["cabinet_id"], resource.name, again, first, last)
    windows = within.cut((moscow_midnight(first), moscow_midnight(until)), now)
    calls = len(windows) + row["rows"] * (until - first).days // (extent.days * extent.page_rows)
    sharing = row["sharing"] * sum(each.method.bucket == resource.method.bucket for each in RESOURCES.values())
    interval = budget.interval_seconds(resource.method, TokenKind(row["kind"])) * sharing
    permitted = nights.permitted_calls(interval)
    night = nights.tonight(first, until, calls=calls, permitted=permitted)
    if not extent.is_divisible:
        night = Night(first, until, ceil(calls / permitted))
    return Begun(row["cabinet_id"], resource.name, night, first, last)


def _moments(begun: Begun, now: datetime) -> tuple[datetime, datetime]:
    """The days of a night as a stretch of time; up to the moment of reading where an old row may change meanwhile."""
    night = begun.night
    until = moscow_midnight(night.until)
    if not EXTENTS[begun.resource].is_divisible:
        until = max(until + YET_TO_COME, now)
    return moscow_midnight(night.since), until


def _columns(begun: Sequence[Begun], ids: dict[tuple[UUID, str], UUID]) -> dict[str, list[Any]]:
    return {
        "cabinets": [each.cabinet_id for each in begun],
        "resources": [each.resource for each in begun],
        "ranges": [ids[each.cabinet_id, each.resource] for each in begun],
        "since": [each.night.since for each in begun],
        "until": [each.night.until for each in begun],
        "nights": [each.night.nights for each in begun],
        "first": [each.first for each in begun],
        "last": [each.last for each in begun],
    }


async def _compare(connection: AsyncConnection, row: Any) -> list[Hole]:
    """Write a range that was read into the ledger, and say what was found; the days that are, or were, not whole."""
    days = Days(row["cabinet_id"], row["resource"], row["since"], row["until"])
    open_before = await ledger.open_rows(connection, days)
    await ledger.write(connection, days, range_id=row["range_id"], asked_at=row["asked_at"])
    found = await ledger.holes(connection, days, asked_at=row["asked_at"])
    # A night like the one before is no news.
    if any(hole.late for hole in found) or sum(hole.open for hole in found) != open_before:
        rows = await ledger.rows_of(connection, days)
        await outbox.append(connection, [make_event(_reconciled(row, found, rows), row["cabinet_id"])])
    return found


def _reconciled(row: Any, found: Sequence[Hole], rows: int) -> SyncReconciledV1:
    since, until = row["since"], row["until"]
    return SyncReconciledV1(
        resource=row["resource"],
        since=since,
        until=until - timedelta(days=1),
        windows=(until - since).days,
        rows=rows,
        late=sum(hole.late for hole in found),
        open=sum(hole.open for hole in found),
        nights_left=row["nights"] - 1,
        holes=tuple(
            ReconciledDay(day=hole.day, late=hole.late, hidden=hole.hidden, known_elsewhere=hole.known_elsewhere)
            for hole in found
        ),
        asked_at=row["asked_at"],
        finished_at=clock.now(),
    )


async def _next(connection: AsyncConnection, row: Any, found: Sequence[Hole], *, rate: float) -> dict[str, Any]:
    """What a resource's next turn is, and when."""
    now = clock.now()
    cabinet_id, resource, since = row["cabinet_id"], row["resource"], row["since"]
    turn = _turn(now, cabinet_id, resource)
    values = {name: row[name] for name in ("cabinet_id", "resource", "since", "until", "first", "last")}
    whole = {"is_whole": False, "whole_since": None, "whole_until": None, "rows": None}
    state = {**values, **whole, "due_at": turn, "again": 0, "error": None}
    if not row["is_done"]:
        return {**state, "since": None, "error": row["error"]}
    if row["again"] == 0 and any(hole.hidden for hole in found):
        return {**state, "due_at": now + AGAIN / rate, "again": 1}
    if since > row["first"]:
        return {**state, "since": None, "until": since}
    first, last = row["first"], row["last"]
    rows = await ledger.rows_of(connection, Days(cabinet_id, resource, first, last))
    ended = {"is_whole": True, "whole_since": first, "whole_until": last, "rows": rows}
    return {**state, **dict.fromkeys(("since", "until", "first", "last")), **ended}


def _turn(now: datetime, cabinet_id: UUID, resource: str) -> datetime:
    return nights.next_turn(now, f"{cabinet_id} {resource}")
