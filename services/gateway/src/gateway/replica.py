"""Reads from a replica, where one is configured: once it is as far as the primary was when the read began.

So a caller sees what he wrote, and an answer that is kept was made from everything whose tags were invalidated before
it was begun, however far the replica is behind. It costs a look at the primary, which reads no table.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import structlog
from prometheus_client import Counter
from servicekit import faults

from gateway.reading import ReadPool, Shown

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

_POSITION = "SELECT CAST(pg_current_wal_insert_lsn() AS text)"
_IS_AS_FAR = """
SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(CAST(:position AS text) AS pg_lsn) AS is_so
"""


class Reads:
    """Transactions that only read: on the replica if it is as far as they need, else on the primary."""

    def __init__(self, primary: ReadPool, replica: ReadPool | None = None) -> None:
        self.primary = primary
        self._replica = replica
        self._left_alone_until = 0.0

    @asynccontextmanager
    async def showing(self, cabinets: Sequence[UUID]) -> AsyncIterator[Shown]:
        """As `ReadPool.showing`."""
        async with AsyncExitStack() as stack:
            shown = None
            if self._replica is not None:
                shown = await self._of_replica(self._replica, cabinets, stack)
            if shown is None:
                shown = await stack.enter_async_context(self.primary.showing(cabinets))
            yield shown

    async def aclose(self) -> None:
        """Close all connections."""
        await self.primary.close()
        if self._replica is not None:
            await self._replica.close()

    async def _of_replica(self, replica: ReadPool, cabinets: Sequence[UUID], stack: AsyncExitStack) -> Shown | None:
        if monotonic() < self._left_alone_until:
            _ALONE.inc()
            return None
        position = {"position": await self.primary.value(_POSITION)}
        try:
            async with AsyncExitStack() as begun:
                shown = await begun.enter_async_context(replica.showing(cabinets))
                for seconds in WAITS_SECONDS:
                    await asyncio.sleep(seconds)
                    # In READ COMMITTED each statement sees what was replayed before it.
                    [look] = await shown.rows(_IS_AS_FAR, position)
                    if look["is_so"]:
                        await stack.enter_async_context(begun.pop_all())
                        _REPLICA.inc()
                        return shown
            _BEHIND.inc()
        except Exception as error:
            if not faults.is_away(error):
                raise
            log.warning("replica.away", error=f"{type(error).__name__}: {error}"[:300])
            _AWAY.inc()
        self._left_alone_until = monotonic() + LEFT_ALONE_SECONDS
        return None
