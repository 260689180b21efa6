"""Waiting for what comes true by itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(holds: Callable[[], Any | Awaitable[Any]], *, seconds: float = 60) -> Any:
    """The first true answer of `holds`, which may be a coroutine function.

    Raises:
        AssertionError: it gave none within `seconds`.
    """
    deadline = time.monotonic() + seconds
    pause = 0.01
    while True:
        answer = holds()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"did not come true in {seconds} s"
        await asyncio.sleep(pause)
        pause = min(1.2 * pause, 0.1)  # looking costs those who are waited for
