"""The leases of this process, on a connection of their own that shows that it lives.

The connection holds an advisory lock under a number that every lease of the process names. When the process dies
PostgreSQL lets the lock go at once, and others take its work over without waiting for the leases to run out. One that
hangs, or that the network cut off, keeps its lock for a while: there the time counts. The connection is none of the
pool's, so that leases are renewed whatever the work waits for.
"""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from servicekit.waiting import wait_for_event

from ingestor.sync import schedule

log = structlog.get_logger()

CONNECT_SECONDS = 10

_LEADER = (0x5762, 1)
"""The lock of the one holder that leads, apart from the numbers of holders."""


@dataclass(frozen=True, slots=True)
class _Held:
    task: "asyncio.Task[Any]"
    cabinet_id: UUID
    since: float


class Leases:
    """Makes this process a holder of leases while `run` runs, and renews those that are held.

    A holder that loses its connection has lost its leases: what runs under them is stopped, and `run` raises, to be
    begun anew under another number. What holds one for longer than `longest_seconds` hangs: it is stopped, and its
    lease is left to others.
    """

    def __init__(self, dsn: str, *, seconds: float, longest_seconds: float) -> None:
        self._dsn = dsn
        self.seconds = seconds
        """How long a lease is good for unless it is renewed."""
        self._longest_seconds = longest_seconds
        self._held: dict[UUID, _Held] = {}
        self._lost: set[UUID] = set()
        self._holder: int | None = None
        self._has_holder = asyncio.Event()
        self.leads = False
        """Whether this process is the one of all holders that does what only one may do."""

    async def holder(self) -> int:
        """The number that a lease taken now has to name, once there is one."""
        while self._holder is None:
            await self._has_holder.wait()
        return self._holder

    @contextlib.contextmanager
    def held(self, token: UUID, cabinet_id: UUID) -> Iterator[None]:
        """Renew the lease of a cabinet's sync within the block; the current task is cancelled when it is lost."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a lease is held by a task")
        self._held[token] = _Held(task, cabinet_id, time.monotonic())
        try:
            yield
        finally:
            del self._held[token]

    async def run(self) -> None:
        """Hold and renew until the connection is lost."""
        patience = max(self.seconds / 3, 1)
        connection = await asyncpg.connect(self._dsn, timeout=CONNECT_SECONDS, command_timeout=patience)
        holder = secrets.randbits(63)
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", holder)
            self._holder = holder
            self._has_holder.set()
            await self._keep(connection)
        except Exception:
            self._stop(self._held)
            raise
        finally:
            self._holder = None
            self.leads = False
            self._has_holder.clear()
            # Not a polite close: one that fails would stand in for what ended the loop.
            connection.terminate()

    async def _keep(self, connection: asyncpg.Connection) -> None:
        closed = asyncio.Event()
        connection.add_termination_listener(lambda _: closed.set())
        while not connection.is_closed():
            await self._renew(connection)
            self.leads = self.leads or await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", *_LEADER)
            await wait_for_event(closed, self.seconds / 3)
        raise ConnectionError("the connection that holds this process's leases was closed")

    async def _renew(self, connection: asyncpg.Connection) -> None:
        earliest = time.monotonic() - self._longest_seconds
        hanging = {token for token, held in self._held.items() if held.since < earliest}
        # Again and again: a library may have swallowed the cancellation before.
        self._stop(hanging, they_hang=True)
        tokens = {token: held.cabinet_id for token, held in self._held.items() if token not in hanging}
        if tokens:
            kept = await schedule.renew(connection, tokens, lease_seconds=self.seconds)
            lost = tokens.keys() - kept
            # Once is no loss: who ends a run gives its lease back, and leaves a moment after that is committed.
            self._stop(lost & self._lost)
            self._lost = lost

    def _stop(self, tokens: Collection[UUID], *, they_hang: bool = False) -> None:
        for token in tokens:
            if (held := self._held.get(token)) is not None:
                log.warning("sync.hangs" if they_hang else "sync.stopped_without_lease", waits_at=_waits_at(held.task))
                held.task.cancel()


def _waits_at(task: "asyncio.Task[Any]") -> str:
    """Where a task waits: file and line of each of its coroutines, the outermost first."""
    places = []
    awaited: Any = task.get_coro()
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        places.append(f"{frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.f_lineno}")
        awaited = awaited.cr_await
    return " > ".join(places)
