"""Being told by the database, at commit, that deliveries were added."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

CHANNEL = "deliveries"


class Wakeup:
    """Set by a notification, or by whoever has news of another kind."""

    def __init__(self, listener: asyncpg.Connection) -> None:
        self._listener = listener
        self._event = asyncio.Event()

    def set(self, *_: object) -> None:
        """Wake whoever waits."""
        self._event.set()

    async def wait(self, timeout_seconds: float) -> None:
        """Return when woken or after `timeout_seconds`; raises ConnectionError once nobody listens any more."""
        # Not wait_for: before Python 3.12 it may swallow a cancellation that comes together with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._event.wait()
        self._event.clear()
        if self._listener.is_closed():
            raise ConnectionError("the connection that listens for deliveries was closed")


@asynccontextmanager
async def listening(dsn: str) -> AsyncIterator[Wakeup]:
    """Listen within the block, on a connection of its own."""
    listener = await asyncpg.connect(dsn, timeout=10)
    try:
        wakeup = Wakeup(listener)
        schema = await listener.fetchval("SELECT current_schema()")
        await listener.add_listener(f"{schema}.{CHANNEL}", wakeup.set)
        yield wakeup
    finally:
        await listener.close(timeout=2)
