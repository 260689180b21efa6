"""Events that are handled many at a time: whoever comes while others are stored is stored with the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from contracts.envelope import Event
from sqlalchemy.ext.asyncio import AsyncConnection

from servicekit.db import Database
from servicekit.inbox import first_times

MAX_EVENTS = 1_000

HandleMany = Callable[[AsyncConnection, Sequence[Event[Any]]], Awaitable[Any]]
"""What events do that are handled for the first time, in the order in which they came, within the transaction that also
marks them as handled."""


class Batches:
    """The events of one consumer, in one process."""

    def __init__(self, database: Database, consumer: str, handle: HandleMany) -> None:
        self._database = database
        self._consumer = consumer
        self._handle = handle
        self._waiting: list[tuple[Event[Any], asyncio.Future[None]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def add(self, event: Event[Any]) -> None:
        """Return once the event is handled, with others.

        Raises:
            Exception: what the handling of any of them raised; nothing of them is stored.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._storing is None:
            self._storing = asyncio.create_task(self._store_all())
        await done

    async def _store_all(self) -> None:
        try:
            while self._waiting:
                batch = self._waiting[:MAX_EVENTS]
                del self._waiting[:MAX_EVENTS]
                error = await self._store([event for event, _ in batch])
                for _, done in batch:
                    if done.done():
                        continue  # whoever waited was cancelled
                    if error is None:
                        done.set_result(None)
                    else:
                        done.set_exception(error)
        finally:
            self._storing = None

    async def _store(self, events: Sequence[Event[Any]]) -> Exception | None:
        try:
            async with self._database.consumers, self._database.transaction() as connection:
                new = await first_times(connection, self._consumer, [event.id for event in events])
                # Of an event that is delivered twice in one batch the first counts.
                fresh = {event.id: event for event in reversed(events) if event.id in new}
                if fresh:
                    await self._handle(connection, list(reversed(fresh.values())))
        except Exception as error:
            return error
        return None
