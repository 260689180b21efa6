"""What is due, who does it, and what comes after: `sync_state` as a queue of leases.

Any number of processes claim due rows with SKIP LOCKED. A claim is a lease: renewed while the run lives,
and named in every write of the run, so that a run that lost it writes nothing.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from contracts.wb_token import TokenKind
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources.resource import Resource

# Manual syncs first, then live work before first loads, then whoever waits longest.
_CLAIM = text("""
    WITH due AS (
        SELECT s.cabinet_id, s.resource FROM sync_state s JOIN cabinets c USING (cabinet_id)
        WHERE s.next_run_at <= now() AND s.suspended_reason IS NULL AND c.status = 'verified'
            AND (s.lease_until IS NULL OR s.lease_until < now())
        ORDER BY s.requests = '[]', NOT s.first_load_done, s.next_run_at
        LIMIT :limit FOR UPDATE OF s SKIP LOCKED
    ), numbered AS (
        SELECT due.*, token FROM (SELECT due.*, row_number() OVER () AS n FROM due) AS due
        JOIN unnest(CAST(:tokens AS uuid[])) WITH ORDINALITY AS tokens (token, n) USING (n)
    )
    UPDATE sync_state s SET lease_token = numbered.token, lease_until = now() + make_interval(secs => :lease_seconds)
    FROM numbered JOIN cabinets c USING (cabinet_id)
    WHERE s.cabinet_id = numbered.cabinet_id AND s.resource = numbered.resource
    RETURNING s.cabinet_id, s.resource, s.lease_token AS token, s.cursor, s.requests, s.progress, s.first_load_done,
        s.failures, s.sweep_at <= now() AS sweep_is_due,
        c.seller_id, c.kind, c.sealed_token, c.token_at, c.connected_at,
        (SELECT count(*) FROM cabinets o WHERE o.seller_id = c.seller_id AND o.status = 'verified') AS sharing
""")
# A row that a page's transaction has locked is left out: nobody else can claim it meanwhile, and waiting for it
# would let the other leases of this process run out.
_RENEW = text("""
    UPDATE sync_state SET lease_until = now() + make_interval(secs => :lease_seconds)
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE lease_token = ANY(CAST(:tokens AS uuid[])) FOR UPDATE SKIP LOCKED)
""")
_HELD = text("SELECT lease_token FROM sync_state WHERE lease_token = ANY(CAST(:tokens AS uuid[]))")
_HOLD = text("""
    SELECT 1 FROM sync_state
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND lease_token = :token FOR UPDATE
""")
_SAVE_PAGE = text("""
    UPDATE sync_state SET cursor = CAST(:cursor AS jsonb), progress = CAST(:progress AS jsonb), rows = rows + :rows_new,
        lease_until = clock_timestamp() + make_interval(secs => :lease_seconds)
    WHERE cabinet_id = :cabinet_id AND resource = :resource
""")
# What was asked for while the run went on is due at once.
_FINISH = text("""
    UPDATE sync_state SET lease_token = NULL, lease_until = NULL,
        failures = :failures, last_error = :error,
        suspended_reason = :suspended_reason,
        first_load_done = first_load_done OR :completed,
        last_success_at = CASE WHEN :completed THEN now() ELSE last_success_at END,
        progress = CASE WHEN :completed THEN NULL ELSE progress END,
        sweep_at = least(CASE WHEN NOT :swept THEN sweep_at END, now() + make_interval(secs => :sweep_seconds)),
        requests = coalesce((SELECT jsonb_agg(request ORDER BY n)
            FROM jsonb_array_elements(requests) WITH ORDINALITY AS asked (request, n) WHERE n > :served), '[]'),
        next_run_at = CASE WHEN CAST(:suspended_reason AS text) IS NOT NULL THEN 'infinity'
            WHEN :may_hurry AND jsonb_array_length(requests) > :seen THEN now()
            ELSE now() + make_interval(secs => :delay_seconds) END
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND lease_token = :token
    RETURNING CASE WHEN next_run_at = 'infinity' THEN NULL ELSE next_run_at END
""")
_RELEASE = text("""
    UPDATE sync_state SET lease_token = NULL, lease_until = NULL WHERE lease_token = ANY(CAST(:tokens AS uuid[]))
""")
# A stand-in waits for the day on which what it stands in for cannot be read.
_OPEN = """
    WITH known AS (
        SELECT resource, category, closed_to, stands_in_for
        FROM jsonb_to_recordset(CAST(:resources AS jsonb))
            AS known (resource text, category text, closed_to jsonb, stands_in_for text)
    ), open AS (
        SELECT c.cabinet_id, known.resource, known.stands_in_for FROM cabinets c CROSS JOIN known
        WHERE NOT known.closed_to ? c.kind
            AND (known.category IS NULL OR c.categories IS NULL OR known.category = ANY (c.categories))
    )
    INSERT INTO sync_state (cabinet_id, resource, next_run_at)
    SELECT o.cabinet_id, o.resource, CASE WHEN EXISTS (
        SELECT 1 FROM open AS main WHERE main.cabinet_id = o.cabinet_id AND main.resource = o.stands_in_for
    ) THEN 'infinity' ELSE now() END
    FROM open AS o JOIN cabinets c USING (cabinet_id)
"""
_BEGIN = text(f"""{_OPEN}
    WHERE cabinet_id = :cabinet_id
    ON CONFLICT (cabinet_id, resource) DO UPDATE SET
        next_run_at = excluded.next_run_at, suspended_reason = NULL, failures = 0, last_error = NULL
""")
_BEGIN_NEW = text(f"{_OPEN} WHERE c.status = 'verified' ON CONFLICT (cabinet_id, resource) DO NOTHING")
_CALL_IN = text("""
    UPDATE sync_state SET next_run_at = now()
    WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND next_run_at = 'infinity'
        AND suspended_reason IS NULL
""")
_SEND_HOME = text("""
    UPDATE sync_state SET next_run_at = 'infinity'
    WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND next_run_at < 'infinity'
        AND requests = '[]'
""")
_HALT = text("""
    UPDATE sync_state SET next_run_at = 'infinity', lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id
""")
_DISMISS = text("""
    WITH waiting AS (
        SELECT cabinet_id, resource, requests FROM sync_state
        WHERE cabinet_id = :cabinet_id AND requests <> '[]' FOR UPDATE
    ), emptied AS (
        UPDATE sync_state s SET requests = '[]' FROM waiting
        WHERE s.cabinet_id = waiting.cabinet_id AND s.resource = waiting.resource
    )
    SELECT resource, jsonb_array_elements(requests) FROM waiting
""")
_REQUEST = text("""
    UPDATE sync_state SET requests = requests || CAST(:request AS jsonb), next_run_at = now()
    WHERE cabinet_id = :cabinet_id AND resource = ANY(CAST(:resources AS text[]))
        AND suspended_reason IS NULL AND next_run_at < 'infinity'
    RETURNING resource
""")


SuspensionReason = Literal["token_rejected", "payment_required", "scope_refused", "seller_mismatch", "token_unreadable"]


class LeaseLost(Exception):
    """Another process has taken the work over, or it is no longer wanted."""


@dataclass(frozen=True, slots=True)
class Lease:
    """One claimed sync of one resource of one cabinet, with what was stored of it at the claim."""

    cabinet_id: UUID
    resource: str
    token: UUID
    cursor: dict[str, Any] | None
    requests: Sequence[dict[str, Any]]
    progress: dict[str, Any] | None
    first_load_done: bool
    failures: int
    sweep_is_due: bool
    seller_id: UUID
    kind: TokenKind
    sealed_token: str
    token_at: datetime
    connected_at: datetime
    sharing: int
    lease_seconds: float

    @property
    def trigger(self) -> str:
        """Why it runs: manual, first_load or schedule."""
        return "manual" if self.requests else "schedule" if self.first_load_done else "first_load"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: what to store, and when the next one is due.

    `served` requests (the oldest) are answered; `may_hurry`: a request that came meanwhile need not wait.
    `suspended_reason` suspends the resource, `refusal` the whole cabinet. The next sweep is due in
    `sweep_seconds`, or earlier if it was and this run was none (`swept`).
    """

    outcome: str
    delay_seconds: float
    failures: int
    error: str | None = None
    completed: bool = False
    served: int = 0
    swept: bool = False
    sweep_seconds: float = 60 * 60
    suspended_reason: str | None = None
    refusal: SuspensionReason | None = None
    may_hurry: bool = True


async def claim(database: Database, *, limit: int, lease_seconds: float) -> list[Lease]:
    """Up to `limit` due syncs, leased to the caller."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            _CLAIM, {"limit": limit, "tokens": [uuid4() for _ in range(limit)], "lease_seconds": lease_seconds}
        )
        return [
            Lease(**{**row, "kind": TokenKind(row["kind"]), "lease_seconds": lease_seconds}) for row in rows.mappings()
        ]


async def renew(database: Database, tokens: Sequence[UUID], *, lease_seconds: float) -> set[UUID]:
    """Prolong leases; those that are still held."""
    async with database.transaction() as connection:
        await connection.execute(_RENEW, {"tokens": tokens, "lease_seconds": lease_seconds})
        return set((await connection.execute(_HELD, {"tokens": tokens})).scalars())


async def release(database: Database, tokens: Sequence[UUID]) -> None:
    """Give leases back unfinished: the work is due for anyone at once."""
    async with database.transaction() as connection:
        await connection.execute(_RELEASE, {"tokens": tokens})


async def hold(connection: AsyncConnection, lease: Lease) -> None:
    """Make sure that the lease is held until the transaction ends.

    Raises:
        LeaseLost: it is not; the transaction must write nothing.
    """
    if (await connection.execute(_HOLD, _key(lease))).first() is None:
        raise LeaseLost(f"{lease.resource} of {lease.cabinet_id}")


async def save_page(
    connection: AsyncConnection, lease: Lease, *, cursor: dict[str, Any], progress: dict[str, Any], rows_new: int
) -> None:
    """Store how far a held run has come; its lease begins anew."""
    await connection.execute(
        _SAVE_PAGE,
        {
            **_key(lease),
            "cursor": json.dumps(cursor),
            "progress": json.dumps(progress),
            "rows_new": rows_new,
            "lease_seconds": lease.lease_seconds,
        },
    )


async def finish(connection: AsyncConnection, lease: Lease, ending: Ending) -> datetime | None:
    """End a run and give its lease back; when the next is due (none: not until the seller acts).

    Raises:
        LeaseLost: the run had lost it.
    """
    row = (
        await connection.execute(
            _FINISH,
            {
                **_key(lease),
                "seen": len(lease.requests),
                "completed": ending.completed,
                "served": ending.served,
                "delay_seconds": ending.delay_seconds,
                "failures": ending.failures,
                "error": ending.error,
                "swept": ending.swept,
                "sweep_seconds": ending.sweep_seconds,
                "suspended_reason": ending.suspended_reason,
                "may_hurry": ending.may_hurry,
            },
        )
    ).first()
    if row is None:
        raise LeaseLost(f"{lease.resource} of {lease.cabinet_id}")
    next_run_at: datetime | None = row[0]
    return next_run_at


async def begin(connection: AsyncConnection, cabinet_id: UUID, resources: Iterable[Resource]) -> None:
    """Make what a verified cabinet's token may read due now, each going on from its cursor if it has one."""
    await connection.execute(_BEGIN, {"cabinet_id": cabinet_id, "resources": _described(resources)})


async def begin_new(connection: AsyncConnection, resources: Iterable[Resource]) -> None:
    """Begin, for every verified cabinet, the resources that came with a new version of this service."""
    await connection.execute(_BEGIN_NEW, {"resources": _described(resources)})


async def call_in(connection: AsyncConnection, cabinet_id: UUID, stand_ins: Sequence[str]) -> None:
    """What they stand in for cannot be read: they are due now."""
    await connection.execute(_CALL_IN, {"cabinet_id": cabinet_id, "resources": list(stand_ins)})


async def send_home(connection: AsyncConnection, cabinet_id: UUID, stand_ins: Sequence[str]) -> None:
    """What they stand in for can be read again: they wait, once they have done what a seller asked them for."""
    await connection.execute(_SEND_HOME, {"cabinet_id": cabinet_id, "resources": list(stand_ins)})


async def halt(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Stop all syncs of a cabinet, also those under way; `begin` starts them again."""
    await connection.execute(_HALT, {"cabinet_id": cabinet_id})


async def dismiss(connection: AsyncConnection, cabinet_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Take back the manual syncs of a cabinet that nobody has served: resource and request of each."""
    return [(row[0], row[1]) for row in await connection.execute(_DISMISS, {"cabinet_id": cabinet_id})]


async def request(
    connection: AsyncConnection, cabinet_id: UUID, resources: Sequence[str], asked: dict[str, Any]
) -> set[str]:
    """Put a manual sync before all scheduled work; the resources that can be synced now."""
    rows = await connection.execute(
        _REQUEST, {"cabinet_id": cabinet_id, "resources": list(resources), "request": json.dumps([asked])}
    )
    return set(rows.scalars())


def _described(resources: Iterable[Resource]) -> str:
    return json.dumps(
        [
            {
                "resource": resource.name,
                "category": resource.method.category,
                "closed_to": sorted(resource.method.closed_to),
                "stands_in_for": resource.stands_in_for,
            }
            for resource in resources
        ]
    )


def _key(lease: Lease) -> dict[str, Any]:
    return {"cabinet_id": lease.cabinet_id, "resource": lease.resource, "token": lease.token}
