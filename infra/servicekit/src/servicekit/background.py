"""Work that goes on while a service runs."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from tenacity import RetryCallState, retry, retry_if_exception_type, wait_exponential_jitter

log = structlog.get_logger()

Work = Callable[[], Coroutine[Any, Any, object]]


def every(seconds: float, work: Work) -> Work:
    """`work` repeated, with `seconds` between the end of one and the start of the next."""

    async def repeat() -> None:
        while True:
            await work()
            await asyncio.sleep(seconds)

    return repeat


def forever(name: str, work: Work) -> Work:
    """`work` begun again whenever it fails, after 0.2 s growing to 15 s with jitter, and logged each time."""

    def failed(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        log.error("background.failed", work=name, attempt=state.attempt_number, exc_info=error)

    @retry(
        wait=wait_exponential_jitter(initial=0.2, max=15, jitter=0.2),
        retry=retry_if_exception_type(Exception),
        before_sleep=failed,
    )
    async def restart() -> None:
        await work()

    async def run() -> None:
        while True:
            await restart()

    return run


@asynccontextmanager
async def running(works: Mapping[str, Work]) -> AsyncIterator[None]:
    """Run every work beside the block; at its end they are cancelled and awaited."""
    tasks = [asyncio.create_task(forever(name, work)(), name=name) for name, work in works.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
