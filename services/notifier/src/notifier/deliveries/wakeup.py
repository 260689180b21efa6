"""Being told by the database, at commit, that deliveries were added."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from servicekit.waiting import wait_for_event

CHANNEL = "deliveries"


class Wakeup:
    """Waits for news: a notification, or whatever else sets `news`."""

    def __init__(self, listener: asyncpg.Connection, news: asyncio.Event) -> None:
        self._listener = listener
        self._news = news

    async def wait(self, timeout_seconds: float) -> None:
        """Return at news or after `timeout_seconds`; raises ConnectionError once nobody listens any more."""
        await wait_for_event(self._news, timeout_seconds)
        self._news.clear()
        if self._listener.is_closed():
            raise ConnectionError("the connection that listens for deliveries was closed")


@asynccontextmanager
async def listening(dsn: str, news: asyncio.Event) -> AsyncIterator[Wakeup]:
    """Within the block deliveries that are added set `news`; the listening connection is one of its own."""
    listener = await asyncpg.connect(dsn, timeout=10)
    try:
        schema = await listener.fetchval("SELECT current_schema()")
        await listener.add_listener(f"{schema}.{CHANNEL}", lambda *_: news.set())
        yield Wakeup(listener, news)
    finally:
        # Not a polite close: one that fails would stand in for the cancellation that ended the block.
        listener.terminate()
