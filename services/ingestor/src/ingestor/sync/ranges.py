"""`sync_ranges`: stretches of time of a resource that are read apart from the news, and whose turn it is.

They are asked for once, read after all that is due (`range_run`), one of a resource of a cabinet at a time, by any
process: a lease of theirs is as one of a sync (`schedule`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.wb_token import TokenKind
from servicekit import clock
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import Cause
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Stretch
from ingestor.sync.schedule import LIVING, Ending, Lease, LeaseLost, Range
from ingestor.wb.times import moscow_midnight

BACKFILL, RECONCILIATION, FIRST_LOAD = "backfill", "reconciliation", "first_load"
"""Why a range is read: somebody asks; to compare; it is what the first load left for later."""

SHARE = 6
"""Where news use every call that WB permits, each so-manieth goes to a range that has waited for so many."""

GIVE_UP = timedelta(days=1)
"""So long a range is tried without one answer of WB."""

STALE = timedelta(days=1)
"""A window that was left for so long begins anew: WB does not say how long it leads on."""

# The same range asked for while it waits is one.
_ASK = text("""
    INSERT INTO sync_ranges (cabinet_id, id, resource, since, until, why, asked_by, cursor)
    SELECT cabinet_id, coalesce(CAST(:id AS uuid), uuidv7()), resource, :since, :until, :why,
        CAST(:cause AS jsonb), CAST(:cursor AS jsonb)
    FROM sync_state WHERE cabinet_id = :cabinet_id AND resource = :resource
    ON CONFLICT (cabinet_id, resource, since, until, why) WHERE state = 'waiting'
        DO UPDATE SET asked_at = sync_ranges.asked_at
    RETURNING id
""")
_ASK_ALL = text("""
    INSERT INTO sync_ranges (cabinet_id, resource, since, until, why)
    SELECT cabinet_id, resource, since, until, why
    FROM unnest(CAST(:cabinets AS uuid[]), CAST(:resources AS text[]), CAST(:since AS timestamptz[]),
        CAST(:until AS timestamptz[]), CAST(:why AS text[])) AS asked (cabinet_id, resource, since, until, why)
        JOIN sync_state s USING (cabinet_id, resource)
    ON CONFLICT (cabinet_id, resource, since, until, why) WHERE state = 'waiting'
        DO UPDATE SET asked_at = sync_ranges.asked_at
    RETURNING cabinet_id, resource, id
""")
# News first, and what was asked for first. What is refused waits until the news of it are read again.
_CLAIM = text(f"""
    WITH due AS (
        SELECT r.cabinet_id, r.id FROM sync_ranges r
            JOIN cabinets c USING (cabinet_id) JOIN sync_state s USING (cabinet_id, resource)
        WHERE r.state IN ('waiting', 'reading') AND r.next_run_at <= now() AND c.status = 'verified'
            AND r.resource = ANY (CAST(:resources AS text[]))
            AND (r.lease_until IS NULL OR r.lease_until < now() OR r.lease_holder NOT IN ({LIVING}))
            AND s.next_run_at > now() AND s.suspended_reason IS NULL
            AND (s.first_load_done OR s.next_run_at = 'infinity')
            AND NOT EXISTS (
                SELECT FROM sync_ranges e
                WHERE e.cabinet_id = r.cabinet_id AND e.resource = r.resource AND e.state IN ('waiting', 'reading')
                    AND (e.asked_at, e.id) < (r.asked_at, r.id))
        ORDER BY r.next_run_at LIMIT :limit FOR UPDATE OF r SKIP LOCKED
    ), numbered AS (
        SELECT due.*, token FROM (SELECT due.*, row_number() OVER () AS n FROM due) AS due
        JOIN unnest(CAST(:tokens AS uuid[])) WITH ORDINALITY AS tokens (token, n) USING (n)
    )
    UPDATE sync_ranges r SET lease_token = numbered.token, lease_holder = :holder, state = 'reading',
        lease_until = now() + make_interval(secs => :lease_seconds), started_at = coalesce(r.started_at, now())
    FROM numbered JOIN cabinets c USING (cabinet_id)
    WHERE r.cabinet_id = numbered.cabinet_id AND r.id = numbered.id
    RETURNING r.cabinet_id, r.resource, r.lease_token AS token, r.cursor, r.progress, r.failures,
        r.id, r.since, r.until, r.why, r.asked_at,
        coalesce(r.read_at < now() - CAST(:stale AS interval), false) AS stale,
        c.seller_id, c.kind, c.sealed_token, c.token_at, c.connected_at, c.currency,
        (SELECT count(*) FROM cabinets o WHERE o.seller_id = c.seller_id AND o.status = 'verified') AS sharing
""")
_FINISH = text("""
    UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL, failures = :failures, error = :error,
        failing_since = CASE WHEN :failures > 0 THEN coalesce(failing_since, now()) END,
        state = CASE WHEN :completed THEN 'done'
            WHEN :hopeless OR failing_since < now() - CAST(:give_up AS interval) THEN 'failed' ELSE 'reading' END,
        next_run_at = now() + make_interval(secs => :delay_seconds)
    WHERE cabinet_id = :cabinet_id AND id = :id AND lease_token = :token
    RETURNING next_run_at, state, coalesce(read_at, started_at) < now() - make_interval(secs => :patience_seconds)
""")
_END = text("UPDATE sync_ranges SET ended_at = now() WHERE cabinet_id = :cabinet_id AND id = :id")
# Whoever runs has its call already; who was asked by a seller gives none away.
_STEP_BACK = text("""
    UPDATE sync_state SET next_run_at = greatest(next_run_at, now() + make_interval(secs => :seconds))
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = :cabinet_id AND resource = :resource AND lease_token IS NULL AND requests = '[]'
        FOR UPDATE SKIP LOCKED)
""")


class NoRange(ValueError):
    """A range that cannot be read; the message says why."""


def stretch(resource: str, since: date | datetime, until: date | datetime, now: datetime) -> Stretch:
    """From a day or moment to the end of a day, or a moment; of what WB has (days are of Moscow).

    Raises:
        NoRange: no stretch of the resource can be read, or none of it is there.
    """
    known = RESOURCES.get(resource)
    if known is None:
        raise NoRange(f"there is no resource {resource!r}")
    within = known.reading.within
    if within is None:
        raise NoRange(f"{resource} has no ranges: WB gives all of it at once, or leads on by itself")
    begins = since if isinstance(since, datetime) else moscow_midnight(since)
    ends = until if isinstance(until, datetime) else moscow_midnight(until + timedelta(days=1))
    earliest = within.earliest(now)
    if begins >= ends:
        raise NoRange("it ends before it begins")
    if begins > now:
        raise NoRange("it is yet to come")
    if ends <= earliest:
        raise NoRange(f"WB has {resource} since {earliest.isoformat()} only")
    return max(begins, earliest), ends


async def ask(
    connection: AsyncConnection,
    cabinet_id: UUID,
    resource: str,
    since: date | datetime,
    until: date | datetime,
    *,
    why: str,
    cause: Cause | None = None,
    range_id: UUID | None = None,
    windows: Sequence[Stretch] | None = None,
) -> UUID:
    """Ask for a range to be read: from a day or moment to the end of a day, or a moment; its id.

    One that waits already is the same. `windows` it shall be read in, one after another (default: the resource knows).

    Raises:
        NoRange: it cannot be read.
    """
    begins, ends = stretch(resource, since, until, clock.now())
    cursor = None if windows is None else json.dumps({"windows": [[a.isoformat(), b.isoformat()] for a, b in windows]})
    found = await connection.execute(
        _ASK,
        {
            "id": range_id,
            "cabinet_id": cabinet_id,
            "resource": resource,
            "since": begins,
            "until": ends,
            "why": why,
            "cause": json.dumps(cause),
            "cursor": cursor,
        },
    )
    asked: UUID | None = found.scalar()
    if asked is None:
        raise NoRange(f"the cabinet does not read {resource}: its token does not open it, or it is not there")
    return asked


@dataclass(frozen=True, slots=True)
class Asked:
    """A range to be read: what `ask` takes, its stretch known to be there."""

    cabinet_id: UUID
    resource: str
    since: datetime
    until: datetime
    why: str


async def ask_all(connection: AsyncConnection, asked: Sequence[Asked]) -> dict[tuple[UUID, str], UUID]:
    """Ask for ranges, one of a resource of a cabinet at most, in one statement; their ids by cabinet and resource.

    Of what a cabinet does not read none is made.
    """
    values = {
        "cabinets": [each.cabinet_id for each in asked],
        "resources": [each.resource for each in asked],
        "since": [each.since for each in asked],
        "until": [each.until for each in asked],
        "why": [each.why for each in asked],
    }
    made = await connection.execute(_ASK_ALL, values)
    return {(row.cabinet_id, row.resource): row.id for row in made}


async def claim(database: Database, *, limit: int, lease_seconds: float, holder: int | None = None) -> list[Lease]:
    """Up to `limit` ranges whose turn it is, leased to the caller for as long as `holder` lives."""
    values = {
        "limit": limit,
        "tokens": [uuid4() for _ in range(limit)],
        "lease_seconds": lease_seconds,
        "holder": holder,
        "stale": STALE,
        "resources": [each.name for each in RESOURCES.values() if each.reading.within is not None],
    }
    async with database.transaction() as connection:
        return [_lease(dict(row), lease_seconds) for row in (await connection.execute(_CLAIM, values)).mappings()]


def _lease(row: dict[str, Any], lease_seconds: float) -> Lease:
    of_range = {name: row.pop(name) for name in ("id", "since", "until", "why", "asked_at", "stale")}
    return Lease(
        **{**row, "kind": TokenKind(row["kind"])},
        requests=(),
        first_load_done=True,
        sweep_is_due=False,
        refusals=0,
        suspended_reason=None,
        refused_seconds=0,
        is_vouched_for=False,
        lease_seconds=lease_seconds,
        range=Range(**of_range),
    )


async def finish(
    connection: AsyncConnection, lease: Lease, ending: Ending, *, interval_seconds: float, rate: float
) -> tuple[datetime, str]:
    """End a turn and give its lease back; when the next is due, and the range's state.

    WB gives back a call every `interval_seconds`; a range that waits for one, and has for long, has the next.

    Raises:
        LeaseLost: the turn had lost it.
    """
    assert lease.range is not None  # noqa: S101
    key = {"cabinet_id": lease.cabinet_id, "id": lease.range.id}
    values = {
        **key,
        "token": lease.token,
        "completed": ending.completed,
        "hopeless": ending.hopeless,
        "failures": ending.failures,
        "error": ending.error,
        "delay_seconds": ending.delay_seconds,
        "give_up": GIVE_UP / rate,
        "patience_seconds": SHARE * interval_seconds,
    }
    row = (await connection.execute(_FINISH, values)).first()
    if row is None:
        raise LeaseLost(f"a range of {lease.resource} of {lease.cabinet_id}")
    next_run_at, state, has_waited = row
    if state in {"done", "failed"}:
        await connection.execute(_END, key)
    elif has_waited and ending.outcome == "paused":
        seconds = ending.delay_seconds + min(interval_seconds, 1)
        here = {"cabinet_id": lease.cabinet_id, "resource": lease.resource, "seconds": seconds}
        await connection.execute(_STEP_BACK, here)
    return next_run_at, state
