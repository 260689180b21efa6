"""Events that are handled many at a time, each once; one that cannot be handled keeps none of the others back."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit import faults
from servicekit.db import Database
from servicekit.inbox import first_times

MAX_EVENTS = 1_000

HandleMany = Callable[[AsyncConnection, Sequence[Event[Any]]], Awaitable[Any]]
"""What events do that are handled for the first time, in the order in which they came, within the transaction that also
marks them as handled."""


async def handle_batch(
    database: Database, consumer: str, handle: HandleMany, events: Sequence[Event[Any]]
) -> list[Exception | None]:
    """Handle events in one transaction; of each why it was not handled, or None.

    If they cannot be handled together, each half is tried by itself, down to those whose fault it is: they alone are
    not handled. While the database is away nothing is tried again: it is why nothing was handled.
    """
    if not events:
        return []
    try:
        await _handle(database, consumer, handle, events)
    except Exception as error:
        if len(events) == 1 or await faults.is_ours(error, database):
            return [error] * len(events)
    else:
        return [None] * len(events)
    middle = len(events) // 2
    halves = events[:middle], events[middle:]
    return [error for half in halves for error in await handle_batch(database, consumer, handle, half)]


async def _handle(database: Database, consumer: str, handle: HandleMany, events: Sequence[Event[Any]]) -> None:
    async with database.consumers, database.transaction() as connection:
        new = await first_times(connection, consumer, [event.id for event in events])
        # Of an event that is delivered twice in one batch the first counts.
        fresh = {event.id: event for event in reversed(events) if event.id in new}
        if fresh:
            await handle(connection, list(reversed(fresh.values())))
