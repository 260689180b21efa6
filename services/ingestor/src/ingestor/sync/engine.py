"""Running syncs in this process: claimed, held, and given back if they are cut off."""

import asyncio
from collections.abc import Sequence

from ingestor.sync import schedule
from ingestor.sync.leases import Leases
from ingestor.sync.pool import Pool
from ingestor.sync.run import Tools, run
from ingestor.sync.schedule import Lease


class Engine:
    """Keeps up to `workers` syncs going, each under a lease of its own."""

    def __init__(self, tools: Tools, leases: Leases, *, workers: int) -> None:
        self._tools = tools
        self._leases = leases
        self.pool: Pool[Lease] = Pool(self.claim, self._work, workers=workers)

    async def claim(self, limit: int) -> Sequence[Lease]:
        """Up to `limit` due syncs, leased to this process."""
        holder = await self._leases.holder()
        return await schedule.claim(
            self._tools.database, limit=limit, lease_seconds=self._leases.seconds, holder=holder
        )

    async def run(self, lease: Lease) -> float | None:
        """Run a claimed sync, giving it back if cancelled; seconds until its next run, if there is one."""
        try:
            with self._leases.held(lease.token):
                return await run(lease, self._tools)
        except asyncio.CancelledError:
            await schedule.release(self._tools.database, [lease.token])
            raise

    async def _work(self, lease: Lease) -> None:
        next_in_seconds = await self.run(lease)
        if next_in_seconds is not None:
            self.pool.wake_in(next_in_seconds)
