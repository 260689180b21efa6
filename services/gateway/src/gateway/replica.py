"""Reads from a replica, where one is configured: once it is as far as the primary was when the read began.

So a caller sees what he wrote, and an answer that is kept was made from everything whose tags were invalidated before
it was begun, however far the replica is behind. It costs a look at the primary, which reads no table. Where a replica
ends, or gives up a statement for what it replays, the primary is asked the same and all that follows.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from servicekit import faults

from gateway.reading import ReadPool, Row, Shown

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


class _Either(Shown):
    """A transaction on the replica, until that breaks; from then on one on the primary, which is no less far."""

    def __init__(self, replica: Shown, leave: Callable[[Exception], Awaitable[Shown]]) -> None:
        self._shown = replica
        self._leave: Callable[[Exception], Awaitable[Shown]] | None = leave

    async def rows(self, statement: str, values: Mapping[str, Any]) -> Sequence[Row]:
        if self._leave is not None:
            try:
                return await self._shown.rows(statement, values)
            except Exception as error:
                # What takes too long here takes too long there.
                if not faults.is_away(error) or faults.took_too_long(error):
                    raise
                leave, self._leave = self._leave, None
                self._shown = await leave(error)
        return await self._shown.rows(statement, values)


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
                        return _Either(shown, partial(self._leave, cabinets, stack))
            _BEHIND.inc()
            self._leave_alone()
        except Exception as error:
            if not faults.is_away(error):
                raise
            self._is_away(error)
        return None

    async def _leave(self, cabinets: Sequence[UUID], stack: AsyncExitStack, error: Exception) -> Shown:
        self._is_away(error)
        return await stack.enter_async_context(self.primary.showing(cabinets))

    def _is_away(self, error: Exception) -> None:
        log.warning("replica.away", error=f"{type(error).__name__}: {error}"[:300])
        _AWAY.inc()
        self._leave_alone()

    def _leave_alone(self) -> None:
        self._left_alone_until = monotonic() + LEFT_ALONE_SECONDS
