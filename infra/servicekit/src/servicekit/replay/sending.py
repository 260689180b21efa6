"""A service sends the replays of its own that administrators asked for, one after another, oldest first.

What its process leaves unfinished the next one goes on with.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from sqlalchemy import text

from servicekit.db import Database
from servicekit.replay import replayer, table
from servicekit.replay.plan import make_plan
from servicekit.replay.table import NAME, State

EVERY_SECONDS = 2.0

_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('pulse.replays.' || current_schema(), 0))"
_NEXT = text(
    f"SELECT replay_id FROM {NAME} WHERE sent_by_service AND state = '{State.RUNNING}' ORDER BY requested_at LIMIT 1"
)
_COUNTED = text(f"UPDATE {NAME} SET events = :events WHERE replay_id = :replay_id")


async def send_begun(database: Database, broker_url: str) -> int:
    """Send every replay that is begun; how many. Those that another process of the service sends are left to it.

    Raises:
        AMQPError, OSError: the broker did not take a page, however often it was tried; it is begun again there.
    """
    sent = 0
    # Looked at first without the lock: it takes a connection of its own, and mostly there is nothing to send.
    while (replay_id := await _next(database)) is not None:
        async with _alone(database) as is_alone:
            if not is_alone:
                return sent
            if await _next(database) != replay_id:
                continue  # whoever was alone before has sent it
            await _count(database, replay_id)
            await replayer.run(database, broker_url, replay_id)
        sent += 1
    return sent


async def _next(database: Database) -> UUID | None:
    async with database.transaction() as connection:
        found: UUID | None = await connection.scalar(_NEXT)
    return found


async def _count(database: Database, replay_id: UUID) -> None:
    """Note how much there is to send, unless some of it was sent."""
    async with database.transaction() as connection:
        replay = await table.find(connection, replay_id)
    if replay is None or replay.place is not None:
        return
    plan = await make_plan(database, replay.selection)
    async with database.transaction() as connection:
        await connection.execute(_COUNTED, {"replay_id": replay_id, "events": plan.events})


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[bool]:
    """Whether this process is the one that sends: a lock that ends with its connection."""
    connection = await asyncpg.connect(database.dsn, timeout=10)
    try:
        yield bool(await connection.fetchval(_LOCK))
    finally:
        await connection.close()
