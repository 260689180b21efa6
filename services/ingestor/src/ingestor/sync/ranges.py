"""`sync_ranges`: stretches of time of a resource that are read apart from the news.

They are asked for once, and read after all that is due (`range_turns`, `range_run`), one of a resource of a cabinet at
a time, by any process: a lease of theirs is as one of a sync (`schedule`).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from servicekit import clock
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import Cause
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource, Start, Stretch
from ingestor.sync.schedule import Lease
from ingestor.wb.times import moscow_midnight

BACKFILL, RECONCILIATION, FIRST_LOAD = "backfill", "reconciliation", "first_load"
"""Why a range is read: somebody asks; to compare; it is what the first load left for later."""

SLACK = timedelta(minutes=5)

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


_REFUSE = text("""
    INSERT INTO sync_ranges (cabinet_id, id, resource, since, until, why, asked_by, state, error, ended_at)
    VALUES (:cabinet_id, :id, :resource, :since, :until, :why, CAST(:cause AS jsonb), 'failed', :reason, now())
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


async def ask_for_older(connection: AsyncConnection, lease: Lease, resource: Resource, start: Start) -> None:
    """A first load that began so has ended: what is older than it read follows as a range."""
    within = resource.reading.within
    if within is None or within.first_load is None:
        return
    depth = start.depth(within.first_load, within.newest)
    if depth >= within.first_load:
        return
    # A little more than is left: clocks differ.
    older = (start.now - within.first_load + SLACK, start.now - depth + SLACK)
    windows = None if within.older is None else within.older(older, start.now)
    await ask(connection, lease.cabinet_id, resource.name, *older, why=FIRST_LOAD, windows=windows)


async def refuse(
    connection: AsyncConnection,
    cabinet_id: UUID,
    resource: str,
    since: datetime,
    until: datetime,
    *,
    range_id: UUID,
    cause: Cause,
    reason: str,
) -> None:
    """Keep of a range that somebody asked for why it is not read."""
    values = {"cabinet_id": cabinet_id, "id": range_id, "resource": resource, "since": since, "until": until}
    more = {"why": BACKFILL, "cause": json.dumps(cause), "reason": reason}
    await connection.execute(_REFUSE, {**values, **more})
