"""Reads of what other services publish: by the driver alone, each in a transaction that shows the cabinets it names.

SQLAlchemy takes four times as long for a read of one row as everything else of it together. A transaction is begun and
its cabinets are named in one round trip, and nobody is given a connection otherwise: there is no read without cabinets,
and none that sees those of the read before.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Gauge
from servicekit.db import STATEMENTS

log = structlog.get_logger()

Row = Mapping[str, Any]

_NAMED = re.compile(r"(?<![:\w]):(\w+)")


class Shown:
    """A transaction to which published views show its cabinets."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def rows(self, statement: str, values: Mapping[str, Any]) -> Sequence[Row]:
        """What a statement with `:name`s gives for these values; it may leave some of them out."""
        sql, names = _numbered(statement)
        found: Sequence[Row] = await self._connection.fetch(sql, *[values[name] for name in names])
        return found

    async def row(self, statement: str, values: Mapping[str, Any]) -> Row | None:
        """The first row of it; none: there is none."""
        found = await self.rows(statement, values)
        return found[0] if found else None


class ReadPool:
    """Connections to one database, that are opened when they are needed first."""

    def __init__(self, dsn: str, *, size: int, timeout_seconds: float) -> None:
        self._dsn = dsn
        self._size = size
        self._timeout_seconds = timeout_seconds
        self._made: asyncpg.Pool | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self.waiting = 0
        """How many reads wait for a connection."""

    @property
    def in_use(self) -> int:
        """How many connections are in use."""
        return 0 if self._made is None else self._made.get_size() - self._made.get_idle_size()

    @asynccontextmanager
    async def showing(self, cabinets: Sequence[UUID]) -> AsyncIterator[Shown]:
        """A transaction that only reads, and of published views these cabinets alone. Each statement sees what was
        committed before it."""
        ids = ",".join(cabinet.hex for cabinet in cabinets)
        pool = await self._pool()
        self.waiting += 1
        try:
            # Where there is one, nothing has to watch how long it takes.
            connection = await pool.acquire(timeout=None if pool.get_idle_size() else self._timeout_seconds)
        finally:
            self.waiting -= 1
        try:
            # Two statements in one round trip take no parameters; a `hex` has nothing but digits.
            await connection.execute(f"BEGIN READ ONLY; SELECT set_config('pulse.cabinet_ids', '{ids}', true)")
            yield Shown(connection)
        finally:
            # Nobody waits for the end of what has been read, and nobody is given the connection before it.
            ending = asyncio.create_task(_end(pool, connection))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def value(self, statement: str) -> Any:
        """What a statement gives that reads no published view."""
        return await (await self._pool()).fetchval(statement)

    def gauges(self) -> Sequence[Gauge]:
        """What an operator sees of it."""
        in_use = Gauge("pulse_read_pool_in_use", "Connections for reads in use.", registry=None)
        in_use.set_function(lambda: self.in_use)
        waiting = Gauge("pulse_read_pool_waiting", "Reads that wait for a connection.", registry=None)
        waiting.set_function(lambda: self.waiting)
        return in_use, waiting

    async def close(self) -> None:
        """Close all connections, once they are given back."""
        await asyncio.gather(*self._ending)
        if self._made is not None:
            await self._made.close()

    async def _pool(self) -> asyncpg.Pool:
        if self._made is None:
            self._made = asyncpg.create_pool(
                self._dsn,
                min_size=0,
                max_size=self._size,
                command_timeout=self._timeout_seconds,
                timeout=10,
                statement_cache_size=STATEMENTS,
                max_cached_statement_lifetime=0,
                init=_read_json,
                reset=_nothing_is_left,
            )
            await self._made  # with no connection to open it waits for nothing
        return self._made


async def _read_json(connection: asyncpg.Connection) -> None:
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=str, decoder=json.loads)


async def _end(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    try:
        # It ends what failed too, and the cabinets are named no more.
        await connection.execute("COMMIT")
    except Exception as error:
        with suppress(asyncpg.InterfaceError):  # where the server ended it, the pool has taken it back already
            connection.terminate()
        log.warning("read.not_ended", error=f"{type(error).__name__}: {error}"[:300])
    finally:
        await pool.release(connection)


async def _nothing_is_left(_: asyncpg.Connection) -> None:
    """A transaction that only read leaves nothing to reset: that would be a round trip more."""


@lru_cache(maxsize=STATEMENTS)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement as PostgreSQL takes it, and the names of its values in their order."""
    names: dict[str, int] = {}

    def number(found: re.Match[str]) -> str:
        return f"${names.setdefault(found[1], len(names) + 1)}"

    return _NAMED.sub(number, statement), tuple(names)
