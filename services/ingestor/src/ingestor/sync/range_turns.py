"""Whose turn it is among ranges, and what becomes of one after a turn: after the news, one of a resource at a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.wb_token import TokenKind
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import RESOURCES
from ingestor.sync.claims import WAITS_FOR_COMMANDS
from ingestor.sync.schedule import LIVING, Ending, Lease, LeaseLost, Range
from ingestor.sync.sharing import kinds_apart, sharing

SHARE = 6
"""Where news use every call that WB permits, each so-manieth goes to a range that has waited for so many."""

GIVE_UP = timedelta(days=1)
"""So long a range is tried without one answer of WB."""

STALE = timedelta(days=1)
"""A window that was left for so long begins anew: WB does not say how long it leads on."""

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
            AND NOT EXISTS ({WAITS_FOR_COMMANDS})
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
        now() AS taken_at, c.seller_id, c.kind, c.sealed_token, c.token_at, c.connected_at, c.currency,
        {sharing("r.resource")} AS sharing
""")
_MUST_YIELD = text(f"""
    SELECT EXISTS (
        SELECT FROM cabinets c JOIN sync_state s USING (cabinet_id)
        WHERE c.cabinet_id = :cabinet_id AND s.resource = :resource AND EXISTS ({WAITS_FOR_COMMANDS}))
""")
PERCENT = """
    CASE WHEN state = 'done' THEN 100 WHEN cursor IS NULL THEN 0 ELSE CAST(least(99, greatest(0, 100 - 100 * (
        SELECT coalesce(sum(extract(epoch FROM CAST(w ->> 1 AS timestamptz) - CAST(w ->> 0 AS timestamptz))), 0)
        FROM jsonb_array_elements(cursor -> 'windows') AS w) / extract(epoch FROM until - since))) AS integer)
    END
"""
"""SQL: how much of a range its windows that are left leave read, in percent; 100 only when it is done."""

TOLD_EVERY = timedelta(seconds=3)
"""How far a range is, is told no more often."""

_FINISH = text(f"""
    UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL, failures = :failures, error = :error,
        failing_since = CASE WHEN :failures > 0 THEN coalesce(failing_since, now()) END,
        state = CASE WHEN :completed THEN 'done'
            WHEN :hopeless OR failing_since < now() - CAST(:give_up AS interval) THEN 'failed' ELSE 'reading' END,
        next_run_at = now() + make_interval(secs => :delay_seconds),
        told_at = CASE WHEN :completed OR told_at IS NULL OR told_at < now() - CAST(:told_every AS interval) THEN now()
            ELSE told_at END
    WHERE cabinet_id = :cabinet_id AND id = :id AND lease_token = :token
    RETURNING next_run_at, state, {PERCENT} AS percent, told_at = now() AS is_told,
        CAST(extract(epoch FROM now() - started_at) AS float) AS seconds,
        coalesce(read_at, started_at) < now() - make_interval(secs => :patience_seconds) AS has_waited
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


@dataclass(frozen=True, slots=True)
class Turned:
    """How a range stands after a turn, `seconds` after its first began; `is_told`: it is time to tell how far it is."""

    next_run_at: datetime
    state: str
    percent: int
    is_told: bool
    seconds: float

    @property
    def has_ended(self) -> bool:
        return self.state in {"done", "failed"}

    @property
    def seconds_left(self) -> int | None:
        """Until it is read, if it goes on as before; none: nobody knows."""
        if self.has_ended or not self.percent:
            return 0 if self.has_ended else None
        return round(self.seconds * (100 - self.percent) / self.percent)


async def claim(database: Database, *, limit: int, lease_seconds: float, holder: int | None = None) -> list[Lease]:
    """Up to `limit` ranges whose turn it is, leased to the caller for as long as `holder` lives."""
    values = {
        "limit": limit,
        "tokens": [uuid4() for _ in range(limit)],
        "lease_seconds": lease_seconds,
        "holder": holder,
        "stale": STALE,
        "resources": [each.name for each in RESOURCES.values() if each.reading.within is not None],
        **kinds_apart(),
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


async def must_yield(database: Database, lease: Lease) -> bool:
    """Whether a command is due that spends the budget of a range: its turn ends after the page that was read."""
    async with database.transaction() as connection:
        values = {"cabinet_id": lease.cabinet_id, "resource": lease.resource}
        return bool((await connection.execute(_MUST_YIELD, values)).scalar_one())


async def finish(
    connection: AsyncConnection, lease: Lease, ending: Ending, *, interval_seconds: float, rate: float
) -> Turned:
    """End a turn and give its lease back; how the range stands.

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
        "told_every": TOLD_EVERY,
        "patience_seconds": SHARE * interval_seconds,
    }
    row = (await connection.execute(_FINISH, values)).mappings().first()
    if row is None:
        raise LeaseLost(f"a range of {lease.resource} of {lease.cabinet_id}")
    if row["state"] in {"done", "failed"}:
        await connection.execute(_END, key)
    elif row["has_waited"] and ending.outcome == "paused":
        seconds = ending.delay_seconds + min(interval_seconds, 1)
        here = {"cabinet_id": lease.cabinet_id, "resource": lease.resource, "seconds": seconds}
        await connection.execute(_STEP_BACK, here)
    return Turned(row["next_run_at"], row["state"], row["percent"], row["is_told"], row["seconds"])
