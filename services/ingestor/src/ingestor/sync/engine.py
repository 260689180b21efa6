"""Running syncs in this process: claims, leases kept alive, and what was cut off given back."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import structlog

from ingestor.sync import schedule
from ingestor.sync.pool import Pool
from ingestor.sync.run import Tools, run
from ingestor.sync.schedule import Lease

log = structlog.get_logger()


class Engine:
    """Keeps up to `workers` syncs going, each under a lease of its own."""

    def __init__(self, tools: Tools, *, workers: int, lease_seconds: float) -> None:
        self._tools = tools
        self._lease_seconds = lease_seconds
        self._held: dict[UUID, asyncio.Task[object] | None] = {}
        self.pool: Pool[Lease] = Pool(self.claim, self._work, workers=workers)

    async def claim(self, limit: int) -> Sequence[Lease]:
        """Up to `limit` due syncs, leased to this process."""
        return await schedule.claim(self._tools.database, limit=limit, lease_seconds=self._lease_seconds)

    async def run(self, lease: Lease) -> float | None:
        """Run a claimed sync, giving it back if cancelled; seconds until its next run, if there is one."""
        self._held[lease.token] = asyncio.current_task()
        try:
            return await run(lease, self._tools)
        except asyncio.CancelledError:
            await schedule.release(self._tools.database, [lease.token])
            raise
        finally:
            del self._held[lease.token]

    async def _work(self, lease: Lease) -> None:
        next_in_seconds = await self.run(lease)
        if next_in_seconds is not None:
            self.pool.wake_in(next_in_seconds)

    async def renew(self) -> None:
        """Prolong the leases held here; stop the runs whose lease is gone."""
        tokens = list(self._held)
        if not tokens:
            return
        kept = await schedule.renew(self._tools.database, tokens, lease_seconds=self._lease_seconds)
        for token in tokens:
            task = self._held.get(token)
            if token not in kept and task is not None:
                log.warning("sync.stopped_without_lease")
                task.cancel()
