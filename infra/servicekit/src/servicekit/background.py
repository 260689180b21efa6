"""Work that goes on while a service runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog

from servicekit.backoff import backoff_seconds

log = structlog.get_logger()

Work = Callable[[], Coroutine[Any, Any, object]]

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 15.0
HEALTHY_SECONDS = 60.0
"""Work that ran this long before it failed begins again at the first delay."""
CANCEL_AGAIN_SECONDS = 10.0
"""For work to end by itself once cancelled, its last transaction included."""


def every(seconds: float, work: Work) -> Work:
    """`work` repeated, with `seconds` between the end of one and the start of the next."""

    async def repeat() -> None:
        while True:
            await work()
            await asyncio.sleep(seconds)

    return repeat


def forever(name: str, work: Work) -> Work:
    """`work` begun again whenever it fails or ends, after 0.2 s growing to 15 s with jitter, and logged each time; not
    once its task is cancelled, whatever the cancellation became on its way out of `work`."""

    async def run() -> None:
        attempt = 0
        while True:
            began = asyncio.get_running_loop().time()
            error: Exception | None = None
            try:
                await work()
            except Exception as raised:
                error = raised
            if _is_cancelled():
                # What a cancelled work cleans up may fail, and that failure stands in for the cancellation.
                raise asyncio.CancelledError from error
            healthy = asyncio.get_running_loop().time() - began >= HEALTHY_SECONDS
            attempt = 1 if healthy else attempt + 1
            log.error("background.failed" if error else "background.ended", work=name, attempt=attempt, exc_info=error)
            delay = backoff_seconds(attempt, first=FIRST_DELAY_SECONDS, longest=LONGEST_DELAY_SECONDS, least=0.8)
            await asyncio.sleep(delay)

    return run


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


@asynccontextmanager
async def running(works: Mapping[str, Work]) -> AsyncIterator[None]:
    """Run every work beside the block; at its end they are cancelled and awaited."""
    tasks = [asyncio.create_task(forever(name, work)(), name=name) for name, work in works.items()]
    try:
        yield
    finally:
        await cancelled(tasks)


async def cancelled(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel tasks and return once every one has ended."""
    # Again until it is heard: a library that swallows one cancellation must not keep the process from ending.
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_SECONDS)
