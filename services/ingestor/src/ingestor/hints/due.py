"""What hints ask to be read is made due: once for all of them, and never while it is being read."""

import asyncio
from collections.abc import Callable

from servicekit.db import Database
from servicekit.waiting import wait_for_event
from sqlalchemy import text

LOOK_SECONDS = 1.0
"""How long what came to another process, or waits for the end of a reading, can lie."""

TOGETHER_SECONDS = 0.1
"""Between two looks at least: what comes meanwhile is looked at together."""

REST_SECONDS = 10.0
"""Between a reading and one that a hint asks for: hints without end have it read so often, and not more."""

MOST = 1_000

# A reading that has begun may be past what the hint is about: the hint waits for its end. One that is yet to begin
# will show it whenever it comes: where WB's limits, WB itself or a suspension put it off, it is not hurried. Rows that
# others have locked are left for the next look: who waited for two of them could be waited for.
_MAKE_DUE = text("""
    WITH idle AS (
        SELECT s.cabinet_id, s.resource, greatest(now(), s.last_success_at + make_interval(secs => :rest_seconds)) AS at
        FROM hinted_reads h JOIN sync_state s USING (cabinet_id, resource)
        WHERE s.lease_token IS NULL AND coalesce(s.progress, 'null') = 'null'
        ORDER BY h.hinted_at LIMIT :most FOR UPDATE OF s SKIP LOCKED
    ), due AS (
        UPDATE sync_state s SET next_run_at = idle.at
        FROM idle WHERE s.cabinet_id = idle.cabinet_id AND s.resource = idle.resource
            AND s.next_run_at > idle.at AND s.next_run_at < 'infinity'
            AND s.suspended_reason IS NULL AND s.refusals = 0 AND s.failures = 0 AND s.waits_for IS NULL
        RETURNING s.resource
    ), unknown AS (
        SELECT cabinet_id, resource FROM hinted_reads h
        WHERE NOT EXISTS (SELECT FROM sync_state s WHERE s.cabinet_id = h.cabinet_id AND s.resource = h.resource)
    ), settled AS (
        DELETE FROM hinted_reads h
        USING (SELECT cabinet_id, resource FROM idle UNION ALL SELECT cabinet_id, resource FROM unknown) AS done
        WHERE h.cabinet_id = done.cabinet_id AND h.resource = done.resource
    )
    SELECT count(*) FROM due
""")


async def make_due(database: Database, *, rest_seconds: float = REST_SECONDS) -> int:
    """Have read what hints ask for and nobody reads now, `rest_seconds` after it was read last; of how many syncs."""
    async with database.transaction() as connection:
        hurried = await connection.execute(_MAKE_DUE, {"rest_seconds": rest_seconds, "most": MOST})
        return int(hurried.scalar_one())


async def follow(database: Database, arrived: asyncio.Event, wake: Callable[[], None], *, rate: float) -> None:
    """Make due what hints ask for, at once when one has `arrived`; whoever syncs is woken. Goes on until cancelled."""
    while True:
        arrived.clear()
        if await make_due(database, rest_seconds=REST_SECONDS / rate):
            wake()
        await asyncio.sleep(TOGETHER_SECONDS)
        await wait_for_event(arrived, LOOK_SECONDS)
