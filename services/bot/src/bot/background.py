"""Work that goes on beside updates: bounded in number, logged when it fails, ended with the process."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from servicekit.background import cancelled

log = structlog.get_logger()

MOST = 500


class Background:
    """Tasks of this process that no update waits for."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> bool:
        """Begin `work`; False, and it does not begin, where too much goes on already."""
        if len(self._tasks) >= self._most:
            work.close()
            log.warning("background.full", work=name)
            return False
        task = asyncio.create_task(_logged(name, work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def stop(self) -> None:
        """Cancel what is left and wait for it."""
        await cancelled(list(self._tasks))


async def _logged(name: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("background.failed", work=name)
