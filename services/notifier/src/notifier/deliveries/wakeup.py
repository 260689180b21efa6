"""Being told by the database, at commit, that deliveries were added."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from contracts.notifications import Channel
from servicekit.waiting import wait_for_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

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


# Shared, so that any number hold it; it ends with its connection, and with the process.
_NAME = "hashtextextended(current_schema() || '.deliveries.' || {}, 0)"
_HOLD = f"SELECT pg_advisory_lock_shared({_NAME.format('$1')})"
_COUNT = text(f"""
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 1 AND mode = 'ShareLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND (CAST(classid AS bigint) << 32 | CAST(objid AS bigint)) = {_NAME.format("CAST(:channel AS text)")}
""")


async def count_listening(connection: AsyncConnection, channel: Channel) -> int:
    """How many processes send over the channel, whatever becomes of Redis."""
    return int(await connection.scalar(_COUNT, {"channel": channel}) or 0)


@asynccontextmanager
async def listening(dsn: str, news: asyncio.Event, channel: Channel) -> AsyncIterator[Wakeup]:
    """Within the block deliveries that are added set `news`, and this process counts as one that sends over the
    channel; the connection is one of its own."""
    listener = await asyncpg.connect(dsn, timeout=10)
    try:
        schema = await listener.fetchval("SELECT current_schema()")
        await listener.execute(_HOLD, channel)
        await listener.add_listener(f"{schema}.{CHANNEL}", lambda *_: news.set())
        yield Wakeup(listener, news)
    finally:
        # Not a polite close: one that fails would stand in for the cancellation that ended the block.
        listener.terminate()
