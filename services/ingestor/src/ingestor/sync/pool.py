"""Keeping a bounded number of claimed pieces of work going."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog
from servicekit.background import forever
from servicekit.waiting import wait_for_event

log = structlog.get_logger()

POLL_SECONDS = 0.25
"""How long work of another process's making can lie unseen; an idle look is one indexed query."""

W = TypeVar("W")


class Pool(Generic[W]):
    """Claims work whenever a worker is free: at once when woken or when work ended, else every `POLL_SECONDS`."""

    def __init__(
        self,
        claim: Callable[[int], Awaitable[Sequence[W]]],
        work: Callable[[W], Awaitable[None]],
        *,
        workers: int,
    ) -> None:
        self.claim = claim
        self.work = work
        self._workers = workers
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """There may be work now."""
        self._wake.set()

    def wake_in(self, seconds: float) -> None:
        """There will be work then; of use only before the next look."""
        if seconds < POLL_SECONDS:
            asyncio.get_running_loop().call_later(seconds, self._wake.set)

    async def run(self) -> None:
        """Work until cancelled; then what is under way is cancelled too, and awaited.

        A claim that fails is tried again, after longer and longer; what is under way goes on meanwhile.
        """
        try:
            await forever("claims", self._claim_on)()
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _claim_on(self) -> None:
        while True:
            self._wake.clear()
            free = self._workers - len(self._tasks)
            claimed = await self.claim(free) if free > 0 else ()
            for work in claimed:
                self._start(work)
            if not claimed:
                await wait_for_event(self._wake, POLL_SECONDS)

    def _start(self, work: W) -> None:
        task = asyncio.ensure_future(self.work(work))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("pool.work_failed", exc_info=error)
