"""Running syncs in this process: claimed, held, and given back if they are cut off."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from ingestor.sync import claims, range_turns, schedule
from ingestor.sync.leases import Leases
from ingestor.sync.pool import Pool
from ingestor.sync.range_run import run_range
from ingestor.sync.run import run
from ingestor.sync.schedule import Lease
from ingestor.sync.tools import Tools

RANGES_PART = 4
"""One of so many workers may read ranges, so that the others are free for news whenever they come."""

LIVE_PART = 4
"""One of so many workers reads no history (first loads, ranges), and one at least, if there are two."""


class Engine:
    """Keeps up to `workers` syncs going, each under a lease of its own; ranges where no sync is due."""

    def __init__(self, tools: Tools, leases: Leases, *, workers: int) -> None:
        self._tools = tools
        self._leases = leases
        self._ranges_left = max(workers // RANGES_PART, 1)
        self._history_left = max(workers - max(workers // LIVE_PART, 1), 1)
        self._live: Counter[UUID] = Counter()
        self._history: Counter[UUID] = Counter()
        self.pool: Pool[Lease] = Pool(self._claim_for, self._work, workers=workers)

    async def claim(
        self, limit: int, *, busy: Collection[UUID] = (), loading: Collection[UUID] = (), history: int | None = None
    ) -> Sequence[Lease]:
        """Up to `limit` due syncs, none of `busy` sellers, leased to this process; then ranges, if fewer are due.

        No more than so many of `history`, first loads and ranges (default: as many as there are), and no first loads of
        sellers that are `loading`. While some sellers are busy news of theirs may be due: ranges wait for that.
        """
        holder = await self._leases.holder()
        database, seconds = self._tools.database, self._leases.seconds
        left = limit if history is None else history
        claimed = await claims.claim(
            database,
            limit=limit,
            lease_seconds=seconds,
            holder=holder,
            busy=busy,
            loading=loading,
            first_loads=left,
        )
        most = min(limit - len(claimed), self._ranges_left, left - sum(map(_is_history, claimed)))
        if most > 0 and not busy:
            try:
                claimed += await range_turns.claim(database, limit=most, lease_seconds=seconds, holder=holder)
            except BaseException:
                await schedule.release(database, claimed)
                raise
        return claimed

    async def _claim_for(self, free: int) -> Sequence[Lease]:
        """What the half of the free workers does, for sellers who have fewer at work than are free.

        A seller that is alone has half of all workers; however slow some are, whoever comes next finds one. Its history
        does not count where its news are due, and a part of the workers reads none.
        """
        busy = [seller_id for seller_id, at_work in self._live.items() if at_work >= free]
        loading = [seller_id for seller_id, at_work in (self._live + self._history).items() if at_work >= free]
        claimed = await self.claim(max(free // 2, 1), busy=busy, loading=loading, history=self._history_left)
        for lease in claimed:
            self._count(lease, 1)
        return claimed

    async def run(self, lease: Lease) -> float | None:
        """Run a claimed sync or range, giving it back if cancelled; seconds until its next run, if there is one."""
        self._ranges_left -= lease.range is not None
        try:
            with self._leases.held(lease.token, lease.cabinet_id):
                return await (run if lease.range is None else run_range)(lease, self._tools)
        except asyncio.CancelledError:
            await schedule.release(self._tools.database, [lease])
            raise
        finally:
            self._ranges_left += lease.range is not None

    async def _work(self, lease: Lease) -> None:
        try:
            next_in_seconds = await self.run(lease)
        finally:
            self._count(lease, -1)
        if next_in_seconds is not None:
            self.pool.wake_in(next_in_seconds)

    def _count(self, lease: Lease, workers: int) -> None:
        counted = self._history if _is_history(lease) else self._live
        counted[lease.seller_id] += workers
        if not counted[lease.seller_id]:
            del counted[lease.seller_id]
        self._history_left -= workers * _is_history(lease)


def _is_history(lease: Lease) -> bool:
    return lease.range is not None or lease.trigger == "first_load"
