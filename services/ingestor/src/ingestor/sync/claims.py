"""Who does what is due: `sync_state` as a queue, from which any number of processes claim with SKIP LOCKED."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid4

from contracts.wb_token import TokenKind
from servicekit.db import Database
from sqlalchemy import text

from ingestor.sync.schedule import LIVING, Lease
from ingestor.sync.sharing import kinds_apart, sharing

WAITS_FOR_COMMANDS = """
    SELECT FROM wb_commands w JOIN cabinets o USING (cabinet_id)
    WHERE w.due_at <= now() + interval '1 second' AND s.resource = ANY (w.holds_back)
        AND o.seller_id = c.seller_id AND o.status = 'verified'
"""
"""SQL: a command is due that spends the budget of sync `s` of cabinet `c`, which waits meanwhile, as its ranges do."""
HEAD_START = timedelta(minutes=10)
"""Who waits so much longer than what comes first goes before it, so that nobody waits for ever."""

_DUE = f"""
        SELECT s.cabinet_id, s.resource, s.next_run_at FROM sync_state s JOIN cabinets c USING (cabinet_id)
        WHERE s.next_run_at <= now() AND c.status = 'verified' AND c.seller_id <> ALL (CAST(:busy AS uuid[]))
            AND (s.lease_until IS NULL OR s.lease_until < now() OR s.lease_holder NOT IN ({LIVING}))
            AND NOT EXISTS ({WAITS_FOR_COMMANDS})
"""
_LIVE = f"{_DUE} AND s.requests = '[]' AND s.first_load_done"
_FIRST = f"""{_DUE} AND s.requests = '[]' AND NOT s.first_load_done
            AND c.seller_id <> ALL (CAST(:loading AS uuid[]))
"""
_TAKE = "ORDER BY s.next_run_at LIMIT :limit {} FOR UPDATE OF s SKIP LOCKED"
_LEFT = "- (SELECT count(*) FROM asked)"
_LOADS = "- greatest((SELECT count(*) FROM asked) + (SELECT count(*) FROM live), :limit - :first_loads)"
# Manual syncs first, then live work before first loads; of either orders and reviews, then whoever waits longest. Each
# list is read from an index in its order, so that a claim costs what it takes and not what waits. What is taken of
# two lists is not known before both are read: who claims at the same moment passes over a few rows too many.
_CLAIM = text(f"""
    WITH asked AS (
        {_DUE} AND s.requests <> '[]' {_TAKE.format("")}
    ), live_first AS (
        {_LIVE} AND s.comes_first {_TAKE.format(_LEFT)}
    ), live_others AS (
        {_LIVE} AND NOT s.comes_first {_TAKE.format(_LEFT)}
    ), live AS (
        SELECT cabinet_id, resource FROM (
            SELECT *, next_run_at - CAST(:head_start AS interval) AS turn FROM live_first
            UNION ALL SELECT *, next_run_at FROM live_others
        ) AS in_line ORDER BY turn LIMIT :limit {_LEFT}
    ), loads_first AS (
        {_FIRST} AND s.comes_first {_TAKE.format(_LOADS)}
    ), loads_others AS (
        {_FIRST} AND NOT s.comes_first
        {_TAKE.format(f"{_LOADS} - (SELECT count(*) FROM loads_first)")}
    ), due AS (
        SELECT cabinet_id, resource FROM asked UNION ALL SELECT * FROM live
        UNION ALL SELECT cabinet_id, resource FROM loads_first UNION ALL SELECT cabinet_id, resource FROM loads_others
    ), numbered AS (
        SELECT due.*, token FROM (SELECT due.*, row_number() OVER () AS n FROM due) AS due
        JOIN unnest(CAST(:tokens AS uuid[])) WITH ORDINALITY AS tokens (token, n) USING (n)
    )
    UPDATE sync_state s SET lease_token = numbered.token, lease_holder = :holder,
        lease_until = now() + make_interval(secs => :lease_seconds)
    FROM numbered JOIN cabinets c USING (cabinet_id)
    WHERE s.cabinet_id = numbered.cabinet_id AND s.resource = numbered.resource
    RETURNING s.cabinet_id, s.resource, s.lease_token AS token, s.cursor, s.requests, s.progress, s.first_load_done,
        s.failures, s.failing_told, s.sweep_at <= now() AS sweep_is_due, s.refusals, s.suspended_reason,
        coalesce(extract(epoch FROM now() - s.refused_since), 0)::float AS refused_seconds,
        coalesce(c.checked_at > s.refused_since, false) AS is_vouched_for,
        EXISTS (SELECT FROM odd_pages o WHERE o.cabinet_id = s.cabinet_id AND o.resource = s.resource) AS has_odd_pages,
        now() AS taken_at,
        coalesce(extract(epoch FROM now() - s.last_success_at), 'infinity')::float AS since_success_seconds,
        coalesce(extract(epoch FROM now() - c.active_at), 0)::float AS idle_seconds,
        coalesce(s.every_because = 'dormant', false) AS is_slow,
        c.seller_id, c.kind, c.sealed_token, c.token_at, c.connected_at, c.currency,
        {sharing("s.resource")} AS sharing
""")


async def claim(
    database: Database,
    *,
    limit: int,
    lease_seconds: float,
    holder: int | None = None,
    busy: Collection[UUID] = (),
    loading: Collection[UUID] = (),
    first_loads: int | None = None,
) -> list[Lease]:
    """Up to `limit` due syncs, leased to the caller for as long as `holder`, if it says who it is, lives.

    None of sellers that are `busy`; no more than so many `first_loads` (default: as many as are due), and none of
    sellers that are `loading` enough.
    """
    values = {
        "limit": limit,
        "tokens": [uuid4() for _ in range(limit)],
        "lease_seconds": lease_seconds,
        "holder": holder,
        "busy": list(busy),
        "head_start": HEAD_START,
        "loading": list(loading),
        "first_loads": limit if first_loads is None else first_loads,
        **kinds_apart(),
    }
    async with database.transaction() as connection:
        rows = await connection.execute(_CLAIM, values)
        return [
            Lease(**{**row, "kind": TokenKind(row["kind"]), "lease_seconds": lease_seconds}) for row in rows.mappings()
        ]
