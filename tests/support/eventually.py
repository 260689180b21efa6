"""Waiting for what comes true by itself."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any


async def eventually(holds: Callable[[], Any | Awaitable[Any]], *, seconds: float = 20) -> Any:
    """The first true answer of `holds`, which may be a coroutine function.

    Raises:
        AssertionError: it gave none within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = holds()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        assert time.monotonic() < deadline, f"did not come true in {seconds} s"
        await asyncio.sleep(0.02)
