"""Syncs that somebody asked for, and how fresh each resource of a cabinet is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.syncs import SyncRequestedV1
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.published import show_only

ABANDONED_AFTER_HOURS = 6
"""A base token lets orders be asked once in 3 hours; a run older than twice that will not end, and must not block."""

NO_USER = 0
"""In place of a Telegram user: an administrator asked."""

WaitsFor = Literal["schedule", "turn", "limits", "wildberries", "token", "other_source"]
"""What the next reading of a resource waits for, as the ingestor says."""

EveryBecause = Literal["schedule", "limits", "sharing", "dormant"]
"""Why it is read as often as it is, as the ingestor says."""

_ABANDON = text("""
UPDATE sync_runs SET finished_at = now()
WHERE cabinet_id = :cabinet_id AND finished_at IS NULL AND requested_at < now() - make_interval(hours => :hours)
""")
# The conflict's update changes nothing: it locks the unfinished run and returns it.
_START = text("""
INSERT INTO sync_runs (cabinet_id, sync_id, requested_by, administrator, requested_at)
VALUES (:cabinet_id, :sync_id, :requested_by, :administrator, :requested_at)
ON CONFLICT (cabinet_id) WHERE finished_at IS NULL DO UPDATE SET cabinet_id = excluded.cabinet_id
RETURNING sync_id
""")
_ADD_RESOURCES = text("""
INSERT INTO sync_run_resources (cabinet_id, sync_id, resource, status)
SELECT :cabinet_id, :sync_id, resource, 'queued' FROM unnest(CAST(:resources AS text[])) AS resource
""")
_WAS_ASKED = text("""
SELECT EXISTS (
    SELECT FROM sync_runs
    WHERE cabinet_id = :cabinet_id AND requested_at > now() - make_interval(secs => :seconds)
)
""")
_CABINET_OF = text("SELECT cabinet_id FROM sync_runs WHERE sync_id = :sync_id")
# Cabinet by cabinet, so that of each no more runs are read than are shown.
_RUNS = """
SELECT cabinet_id, sync_id, requested_at, run.finished_at AS run_finished_at, resource, status, started_at,
       part.finished_at, rows_new, rows_changed, rows_same, rows_quarantined, reason
FROM unnest(CAST(:cabinets AS uuid[])) AS wanted (id) CROSS JOIN LATERAL (
    SELECT * FROM sync_runs WHERE cabinet_id = wanted.id{condition}
    ORDER BY requested_at DESC, sync_id DESC LIMIT :limit
) AS run JOIN sync_run_resources AS part USING (cabinet_id, sync_id)
ORDER BY cabinet_id, requested_at DESC, sync_id DESC, resource
"""
_NEWEST_RUNS = text(_RUNS.format(condition=""))
_ONE_RUN = text(_RUNS.format(condition=" AND sync_id = :sync_id"))
_PARTS = text("""
SELECT cabinet_id, sync_id, resource, status, started_at, finished_at, rows_new, rows_changed, rows_same,
    rows_quarantined, reason
FROM unnest(CAST(:cabinets AS uuid[]), CAST(:syncs AS uuid[])) AS wanted (cabinet_id, sync_id)
    JOIN sync_run_resources USING (cabinet_id, sync_id)
ORDER BY sync_id, resource
""")
_RUNNING = text("""
SELECT requested_sync_id, resource FROM ingestor_published.sync_state
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND requested_sync_id = ANY (CAST(:syncs AS uuid[]))
    AND status = 'running'
""")
_STATE = text("""
SELECT cabinet_id, resource, status, last_success_at, next_run_at, failures, last_error, first_load_done, rows,
    requested_sync_id, every_seconds, every_because, waits_for
FROM ingestor_published.sync_state WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) ORDER BY cabinet_id, resource
""")
# What the nights compare is no seller's concern.
_BACKFILLS = text("""
SELECT cabinet_id, id, resource, why, state, since, until, percent, rows, rows_new, seconds_left, asked_at, ended_at,
    error AS reason
FROM ingestor_published.sync_ranges
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND why IN ('first_load', 'backfill')
    AND (ended_at IS NULL OR ended_at > now() - interval '1 hour')
ORDER BY cabinet_id, asked_at, id LIMIT :limit
""")


@dataclass(frozen=True)
class Part:
    """One resource of a requested sync."""

    cabinet_id: UUID
    sync_id: UUID
    resource: str
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    rows_new: int | None
    rows_changed: int | None
    rows_same: int | None
    rows_quarantined: int | None
    reason: str | None


@dataclass(frozen=True)
class RunPart(Part):
    """One resource of a requested sync, with what is known of the whole."""

    requested_at: datetime
    run_finished_at: datetime | None


@dataclass(frozen=True)
class ResourceState:
    """Where the ingestor stands with one resource of a cabinet."""

    cabinet_id: UUID
    resource: str
    status: str
    last_success_at: datetime | None
    next_run_at: datetime | None
    failures: int
    last_error: str | None
    first_load_done: bool
    rows: int
    requested_sync_id: UUID | None
    every_seconds: float | None
    every_because: EveryBecause | None
    waits_for: WaitsFor | None


@dataclass(frozen=True)
class Backfill:
    """A stretch of time of a resource that is read apart from the news."""

    cabinet_id: UUID
    id: UUID
    resource: str
    why: str
    state: str
    since: datetime
    until: datetime
    percent: int
    rows: int
    rows_new: int
    seconds_left: int | None
    asked_at: datetime
    ended_at: datetime | None
    reason: str | None


async def start(
    connection: AsyncConnection,
    *,
    cabinet_id: UUID,
    resources: Sequence[str],
    user: int,
    administrator: str | None = None,
) -> UUID:
    """Ask for a sync and announce it; the cabinet's unfinished one, if it has one, answers instead.

    `administrator`: who asks in place of a user, in words; `user` is then `NO_USER`.
    """
    sync_id = uuid7()
    await connection.execute(_ABANDON, {"cabinet_id": cabinet_id, "hours": ABANDONED_AFTER_HOURS})
    started = await connection.scalar(
        _START,
        {
            "cabinet_id": cabinet_id,
            "sync_id": sync_id,
            "requested_by": user,
            "administrator": administrator,
            "requested_at": clock.now(),
        },
    )
    noting.done_to(sync_id=started)
    if started != sync_id:
        return UUID(str(started))
    await connection.execute(
        _ADD_RESOURCES, {"cabinet_id": cabinet_id, "sync_id": sync_id, "resources": list(resources)}
    )
    data = SyncRequestedV1(sync_id=sync_id, resources=tuple(resources), requested_by=user, administrator=administrator)
    await outbox.append(connection, [new_event(data, cabinet_id=cabinet_id)])
    return sync_id


async def was_asked(connection: AsyncConnection, cabinet_id: UUID, seconds: float) -> bool:
    """Whether anybody has asked for a sync of the cabinet within so many seconds."""
    return bool(await connection.scalar(_WAS_ASKED, {"cabinet_id": cabinet_id, "seconds": seconds}))


async def cabinet_of(connection: AsyncConnection, sync_id: UUID) -> UUID | None:
    """The cabinet that a requested sync is of."""
    found: UUID | None = await connection.scalar(_CABINET_OF, {"sync_id": sync_id})
    return found


async def runs(
    connection: AsyncConnection, cabinets: Sequence[UUID], sync_id: UUID | None, *, limit: int
) -> list[RunPart]:
    """The newest requested syncs of each of the cabinets, or the one named, part by part."""
    values: dict[str, object] = {"cabinets": list(cabinets), "limit": limit}
    if sync_id is not None:
        values["sync_id"] = sync_id
    statement = _NEWEST_RUNS if sync_id is None else _ONE_RUN
    return [RunPart(**row) for row in (await connection.execute(statement, values)).mappings()]


async def parts_of(connection: AsyncConnection, cabinets: Sequence[UUID], sync_ids: Sequence[UUID]) -> list[Part]:
    """The parts of these syncs, by resource; `cabinets` are those that they are of, one for each."""
    rows = await connection.execute(_PARTS, {"cabinets": list(cabinets), "syncs": list(sync_ids)})
    return [Part(**row) for row in rows.mappings()]


async def running(
    connection: AsyncConnection, cabinets: Sequence[UUID], sync_ids: Sequence[UUID]
) -> set[tuple[UUID, str]]:
    """Of which syncs which resources the ingestor reads just now."""
    await show_only(connection, cabinets)
    rows = await connection.execute(_RUNNING, {"cabinets": list(cabinets), "syncs": list(sync_ids)})
    return {(row.requested_sync_id, row.resource) for row in rows}


async def states(connection: AsyncConnection, cabinets: Sequence[UUID]) -> list[ResourceState]:
    """What the ingestor publishes of the cabinets' resources; nothing of one until it has taken it up."""
    await show_only(connection, cabinets)
    rows = (await connection.execute(_STATE, {"cabinets": list(cabinets)})).mappings()
    return [ResourceState(**row) for row in rows]


async def backfills(connection: AsyncConnection, cabinets: Sequence[UUID], *, limit: int) -> list[Backfill]:
    """The stretches of time that are read of the cabinets, or were until an hour ago, those asked for first before."""
    await show_only(connection, cabinets)
    rows = (await connection.execute(_BACKFILLS, {"cabinets": list(cabinets), "limit": limit})).mappings()
    return [Backfill(**row) for row in rows]
