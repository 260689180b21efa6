"""Reads from a replica, where one is configured: once it is as far as the primary was when the read began.

So a caller sees what he wrote, and an answer that is kept was made from everything whose tags were invalidated before
it was begun, however far the replica is behind. It costs a look at the primary, which reads no table.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from prometheus_client import Counter
from servicekit import faults
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

log = structlog.get_logger()

monotonic = time.monotonic
"""Seconds of this process."""

WAITS_SECONDS = (0.0, 0.003, 0.01, 0.03)
"""Between the looks at a replica that is not as far yet."""

LEFT_ALONE_SECONDS = 2.0
"""A replica that was too far behind, or away, is not asked for so long."""

REPLICA_READS = Counter(
    "pulse_replica_reads",
    "Reads by where they went, with a replica configured: replica, behind (to the primary: the replica was not as "
    "far), away (to the primary: the replica did not answer), alone (to the primary: one of these was a moment ago).",
    ("outcome",),
    registry=None,
)
_REPLICA, _BEHIND, _AWAY, _ALONE = (REPLICA_READS.labels(outcome) for outcome in ("replica", "behind", "away", "alone"))

_POSITION = text("SELECT pg_current_wal_insert_lsn()")
_IS_AS_FAR = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn)")


class Reads:
    """Transactions that only read: on the replica if it is as far as they need, else on the primary."""

    def __init__(self, primary: Database, replica: Database | None = None) -> None:
        self._primary = primary
        self._replica = replica
        self._left_alone_until = 0.0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """As `Database.transaction`."""
        async with AsyncExitStack() as stack:
            connection = None
            if self._replica is not None:
                connection = await self._of_replica(self._replica, stack)
            if connection is None:
                connection = await stack.enter_async_context(self._primary.transaction())
            yield connection

    async def aclose(self) -> None:
        """Close the replica's connections."""
        if self._replica is not None:
            await self._replica.close()

    async def _of_replica(self, replica: Database, stack: AsyncExitStack) -> AsyncConnection | None:
        if monotonic() < self._left_alone_until:
            _ALONE.inc()
            return None
        async with self._primary.transaction() as asked:
            position = await asked.scalar(_POSITION)
        try:
            async with AsyncExitStack() as begun:
                connection = await begun.enter_async_context(replica.transaction())
                for seconds in WAITS_SECONDS:
                    await asyncio.sleep(seconds)
                    # In READ COMMITTED each statement sees what was replayed before it.
                    if await connection.scalar(_IS_AS_FAR, {"position": position}):
                        await stack.enter_async_context(begun.pop_all())
                        _REPLICA.inc()
                        return connection
            _BEHIND.inc()
        except Exception as error:
            if not faults.is_away(error):
                raise
            log.warning("replica.away", error=f"{type(error).__name__}: {error}"[:300])
            _AWAY.inc()
        self._left_alone_until = monotonic() + LEFT_ALONE_SECONDS
        return None
