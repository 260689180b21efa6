"""Data that are older than they should be, or for a reader, are asked for when somebody reads them: one sync, however
many read."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import structlog
from servicekit import faults
from servicekit.db import Database

from gateway import syncs

log = structlog.get_logger()

monotonic = time.monotonic
"""Seconds of this process."""

ASK_AGAIN_SECONDS = 300
"""A cabinet that was asked for is not asked for again so soon, by whomever."""

MOST = 10_000
"""Cabinets that a process remembers to have asked for."""


class Asking:
    """Asks for syncs beside the answers that need them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked: dict[UUID, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def ask(self, user: int, overdue: Collection[tuple[UUID, str]]) -> None:
        """Ask for what is overdue, unless that was done a short time ago; the caller does not wait for it."""
        wanted = defaultdict[UUID, list[str]](list)
        for cabinet_id, resource in overdue:
            wanted[cabinet_id].append(resource)
        for cabinet_id, resources in wanted.items():
            asked = self._asked.get(cabinet_id)
            if asked is not None and monotonic() - asked < ASK_AGAIN_SECONDS:
                continue
            if len(self._asked) >= MOST:
                self._asked.clear()
            self._asked[cabinet_id] = monotonic()
            task = asyncio.create_task(self._start(cabinet_id, sorted(resources), user))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def settle(self) -> None:
        """Wait until all that was asked for is written down."""
        await asyncio.gather(*self._running)

    async def _start(self, cabinet_id: UUID, resources: list[str], user: int) -> None:
        try:
            async with self._database.transaction() as connection:
                if not await syncs.was_asked(connection, cabinet_id, ASK_AGAIN_SECONDS):
                    await syncs.start(connection, cabinet_id=cabinet_id, resources=resources, user=user)
        except Exception as error:
            self._asked.pop(cabinet_id, None)  # the next read asks again
            if not faults.is_away(error):
                log.exception("sync.not_asked", cabinet_id=str(cabinet_id))
