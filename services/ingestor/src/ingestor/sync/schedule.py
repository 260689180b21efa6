"""What a run may write of its sync, and when the next is due: `sync_state` under leases. Who gets one: `claims`.

A lease is renewed while the run lives, and named in every write of the run, so that a run that lost it writes nothing.
It ends with its time, or with the process that holds it (`leases.py`). What a cabinet begins and stops:
`cabinet_syncs`.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from contracts.wb_token import TokenKind
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.refusals import RefusalReason
from ingestor.sync.forecast import Cadence

LIVING = """
    SELECT CAST(classid AS bigint) << 32 | CAST(objid AS bigint) FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""SQL: the numbers of all holders of leases that live. A lease that names none ends with its time alone."""

BEGUN = "begun"
"""In a request: a reading that began after it is under way, and answers it when it has come to its end."""

# A row that a page's transaction has locked is left out: nobody else can claim it meanwhile, and waiting for it
# would let the other leases of this process run out.
_RENEW = """
    WITH ranges AS (
        UPDATE sync_ranges SET lease_until = now() + make_interval(secs => $2)
        WHERE (cabinet_id, id) IN (
            SELECT cabinet_id, id FROM sync_ranges WHERE lease_token = ANY($1::uuid[]) FOR UPDATE SKIP LOCKED)
    )
    UPDATE sync_state SET lease_until = now() + make_interval(secs => $2)
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = ANY ($3::uuid[]) AND lease_token = ANY ($1::uuid[]) FOR UPDATE SKIP LOCKED)
"""
_HELD = """
    SELECT lease_token FROM sync_state WHERE cabinet_id = ANY ($2::uuid[]) AND lease_token = ANY ($1::uuid[])
    UNION ALL SELECT lease_token FROM sync_ranges WHERE lease_token = ANY ($1::uuid[])
"""
_HOLD = text("""
    SELECT 1 FROM sync_state s JOIN cabinets c USING (cabinet_id)
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND s.lease_token = :token AND c.status <> 'disconnected'
    FOR UPDATE OF s
""")
_HOLD_RANGE = text("""
    SELECT 1 FROM sync_ranges r JOIN cabinets c USING (cabinet_id)
    WHERE cabinet_id = :cabinet_id AND r.id = :range_id AND r.lease_token = :token AND c.status = 'verified'
    FOR UPDATE OF r
""")
_SAVE_PAGE = text(f"""
    UPDATE sync_state SET cursor = CAST(:cursor AS jsonb), progress = CAST(:progress AS jsonb), rows = rows + :rows_new,
        lease_until = clock_timestamp() + make_interval(secs => :lease_seconds),
        requests = CASE WHEN :begun = 0 THEN requests ELSE (
            SELECT jsonb_agg(CASE WHEN n <= :begun THEN request || '{{"{BEGUN}": true}}' ELSE request END ORDER BY n)
            FROM jsonb_array_elements(requests) WITH ORDINALITY AS asked (request, n)) END
    WHERE cabinet_id = :cabinet_id AND resource = :resource
""")
_SAVE_PAGE_OF_RANGE = text("""
    UPDATE sync_ranges SET cursor = CAST(:cursor AS jsonb), progress = CAST(:progress AS jsonb), read_at = now(),
        failures = 0, failing_since = NULL,
        lease_until = clock_timestamp() + make_interval(secs => :lease_seconds)
    WHERE cabinet_id = :cabinet_id AND id = :range_id
""")
# What was asked for while the run went on is due at once, and so is what the end of a reading does not answer, which
# began before it was asked for; and what was slow, and is not any more since then.
_FINISH = text("""
    UPDATE sync_state SET lease_token = NULL, lease_until = NULL,
        failures = :failures, failing_told = :failing_told, last_error = :error, waits_for = :waits_for,
        every_seconds = CASE WHEN :is_slow AND every_because IS NULL THEN NULL
            ELSE coalesce(:every_seconds, every_seconds) END,
        every_because = CASE WHEN :is_slow AND every_because IS NULL THEN NULL
            ELSE coalesce(:every_because, every_because) END,
        suspended_reason = CASE WHEN NOT :accepted THEN coalesce(suspended_reason, :suspended_reason) END,
        refusals = CASE WHEN :accepted THEN 0 ELSE refusals + CASE WHEN :refused THEN 1 ELSE 0 END END,
        refused_since = CASE WHEN :accepted THEN NULL WHEN :refused THEN coalesce(refused_since, now())
            ELSE refused_since END,
        first_load_done = first_load_done OR :completed,
        last_success_at = CASE WHEN :completed THEN now() ELSE last_success_at END,
        accepted_at = CASE WHEN :accepted THEN now() ELSE accepted_at END,
        late_at = CASE WHEN :completed THEN now() + make_interval(secs => :late_seconds)
            WHEN suspended_reason IS NULL OR NOT :accepted THEN late_at END,
        progress = CASE WHEN :completed THEN NULL ELSE progress END,
        sweep_at = least(CASE WHEN NOT :swept THEN sweep_at END, now() + make_interval(secs => :sweep_seconds)),
        requests = coalesce((SELECT jsonb_agg(request ORDER BY n)
            FROM jsonb_array_elements(requests) WITH ORDINALITY AS asked (request, n) WHERE n > :served), '[]'),
        next_run_at = CASE WHEN :may_hurry AND jsonb_array_length(requests) > :settled THEN now()
            WHEN :completed AND :is_slow AND every_because IS NULL THEN now()
            ELSE now() + make_interval(secs => :delay_seconds) END
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND lease_token = :token
    RETURNING next_run_at
""")
_RELEASE = text("""
    WITH ranges AS (
        UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL WHERE lease_token = ANY(CAST(:tokens AS uuid[]))
    )
    UPDATE sync_state SET lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = ANY (CAST(:cabinet_ids AS uuid[])) AND lease_token = ANY (CAST(:tokens AS uuid[]))
""")


class LeaseLost(Exception):
    """Another process has taken the work over, or it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time that is read apart from the news, why (`backfill`, `reconciliation`), and since when it waits.

    `stale`: it stands where it was left long ago.
    """

    id: UUID
    since: datetime
    until: datetime
    why: str
    asked_at: datetime
    stale: bool


@dataclass(frozen=True, slots=True)
class Lease:
    """One claimed sync of a resource of a cabinet, or one `range` of it, with what was stored of it at the claim.

    WB has refused it `refusals` times in a row, the first `refused_seconds` ago; `suspended_reason` is set if that
    counts. `is_vouched_for`: WB accepted the token since then. Nothing has happened at its cabinet for `idle_seconds`,
    about to the hour; `is_slow`: it is read more rarely for that. `failing_told`: that it
    keeps failing.
    """

    cabinet_id: UUID
    resource: str
    token: UUID
    cursor: dict[str, Any] | None
    requests: Sequence[dict[str, Any]]
    progress: dict[str, Any] | None
    first_load_done: bool
    failures: int
    sweep_is_due: bool
    refusals: int
    suspended_reason: RefusalReason | None
    refused_seconds: float
    is_vouched_for: bool
    seller_id: UUID
    kind: TokenKind
    sealed_token: str
    token_at: datetime
    connected_at: datetime
    currency: str | None
    sharing: int
    taken_at: datetime
    lease_seconds: float
    has_odd_pages: bool = False
    since_success_seconds: float = math.inf
    idle_seconds: float = 0
    is_slow: bool = False
    range: Range | None = None
    failing_told: bool = False

    @property
    def trigger(self) -> str:
        """Why it runs: manual, first_load or schedule; a range's own reason."""
        if self.range is not None:
            return self.range.why
        return "manual" if self.requests else "schedule" if self.first_load_done else "first_load"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: what to store, and when the next one is due.

    `served` requests (the oldest) are answered; `may_hurry`: a request that came meanwhile need not wait.
    `refused`: WB did, and with a `suspended_reason` that counts; `doubt` is what the token itself is to be checked
    for. The next sweep is due in `sweep_seconds`, or earlier if it was and this run was none (`swept`). If this run
    completed, the resource is late `late_seconds` after it. `hopeless`: a range that is not tried again.
    What a paused run `waits_for`: WB's limits, or WB. `unavailable`: it failed because WB gave no answer.
    """

    outcome: str
    delay_seconds: float
    failures: int
    error: str | None = None
    completed: bool = False
    served: int = 0
    swept: bool = False
    sweep_seconds: float = 60 * 60
    late_seconds: float = 0
    refused: bool = False
    suspended_reason: RefusalReason | None = None
    doubt: RefusalReason | None = None
    may_hurry: bool = True
    hopeless: bool = False
    waits_for: str | None = None
    unavailable: bool = False


async def renew(connection: asyncpg.Connection, held: Mapping[UUID, UUID], *, lease_seconds: float) -> set[UUID]:
    """Prolong leases, each by its token and of its cabinet; those that are still held."""
    tokens, cabinet_ids = list(held), list(set(held.values()))
    await connection.execute(_RENEW, tokens, lease_seconds, cabinet_ids)
    return {row[0] for row in await connection.fetch(_HELD, tokens, cabinet_ids)}


async def release(database: Database, leases: Sequence[Lease]) -> None:
    """Give leases back unfinished: the work is due for anyone at once."""
    values = {
        "tokens": [lease.token for lease in leases],
        "cabinet_ids": list({lease.cabinet_id for lease in leases}),
    }
    async with database.transaction() as connection:
        await connection.execute(_RELEASE, values)


async def hold(connection: AsyncConnection, lease: Lease) -> None:
    """Make sure that the lease is held until the transaction ends.

    Raises:
        LeaseLost: it is not; the transaction must write nothing.
    """
    sql = _HOLD if lease.range is None else _HOLD_RANGE
    if (await connection.execute(sql, _key(lease))).first() is None:
        raise LeaseLost(f"{lease.resource} of {lease.cabinet_id}")


async def save_page(
    connection: AsyncConnection,
    lease: Lease,
    *,
    cursor: dict[str, Any],
    progress: dict[str, Any] | None,
    rows_new: int,
    begun: int = 0,
) -> None:
    """Store how far a held run has come; its lease begins anew.

    After the first page of a reading so many requests, the oldest, are noted to have `begun`.
    """
    await connection.execute(
        _SAVE_PAGE if lease.range is None else _SAVE_PAGE_OF_RANGE,
        {
            **_key(lease),
            "cursor": json.dumps(cursor),
            "progress": json.dumps(progress),
            "rows_new": rows_new,
            "begun": begun,
            "lease_seconds": lease.lease_seconds,
        },
    )


async def finish(
    connection: AsyncConnection,
    lease: Lease,
    ending: Ending,
    *,
    accepted: bool,
    failing_told: bool = False,
    every: Cadence | None = None,
) -> datetime:
    """End a run and give its lease back; when the next is due. `accepted`: WB let it read, which ends refusals.

    `failing_told`: it is told by now that it keeps failing. `every` is how often it is read from now on (none: as
    before).

    Raises:
        LeaseLost: the run had lost it.
    """
    row = (
        await connection.execute(
            _FINISH,
            {
                **_key(lease),
                # Those that the run knew of, where it is to go on, wait for that; where it has ended, for nothing.
                "settled": ending.served if ending.completed else len(lease.requests),
                "completed": ending.completed,
                "served": ending.served,
                "delay_seconds": ending.delay_seconds,
                "failures": ending.failures,
                "failing_told": failing_told,
                "error": ending.error,
                "swept": ending.swept,
                "sweep_seconds": ending.sweep_seconds,
                "accepted": accepted,
                "refused": ending.refused,
                "late_seconds": ending.late_seconds,
                "suspended_reason": ending.suspended_reason,
                "may_hurry": ending.may_hurry,
                "waits_for": ending.waits_for,
                "is_slow": lease.is_slow,
                "every_seconds": None if every is None else every.seconds,
                "every_because": None if every is None else every.because,
            },
        )
    ).first()
    if row is None:
        raise LeaseLost(f"{lease.resource} of {lease.cabinet_id}")
    next_run_at: datetime = row[0]
    return next_run_at


def _key(lease: Lease) -> dict[str, Any]:
    range_id = None if lease.range is None else lease.range.id
    return {"cabinet_id": lease.cabinet_id, "resource": lease.resource, "token": lease.token, "range_id": range_id}
