"""Something that happens at one step of what the driver does: for what a fault leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from servicekit.db import Database
from sqlalchemy import event
from sqlalchemy.util import await_only

Fault = Callable[[asyncpg.Connection], Awaitable[None]]

A_PIECE_WITHIN = 4
"""Of a stream of bytes: after its header, and within its first row."""


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours handles it."""


class Steps:
    """The steps of the driver within `stepping`; `fault` happens once, at the step that `when` is true of.

    A step is a statement about to be sent, `COPY <table>` before and `rows of <table>` within a COPY, and
    `COMMITTED` after a commit. `passed` are the steps so far.
    """

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.fault: Fault | None = None
        self.when: Callable[[str], bool] = lambda _: False

    def arm(self, fault: Fault, when: Callable[[str], bool]) -> None:
        """Let a fault happen at the first step from now on that it is meant for."""
        self.passed.clear()
        self.fault, self.when = fault, when

    def at(self, fault: Fault, number: int) -> None:
        """Let a fault happen at the step of that number, beginning with 1."""
        self.arm(fault, lambda _: len(self.passed) == number)

    async def step(self, connection: asyncpg.Connection, name: str) -> None:
        """Another one."""
        name = " ".join(name.split())
        if name.startswith("ROLLBACK"):
            return
        self.passed.append(name)
        if self.fault is not None and self.when(name):
            fault, self.fault = self.fault, None
            await fault(connection)


async def killed(connection: asyncpg.Connection) -> None:
    """The process ends, and its connections with it."""
    connection.terminate()
    raise Killed


def cancelling(task: Callable[[], asyncio.Task[Any]]) -> Fault:
    """The process is asked to stop: what it is doing is cancelled, whichever part of it is at work."""

    async def fault(connection: asyncpg.Connection) -> None:
        task().cancel()

    return fault


def cut(admin_url: str) -> Fault:
    """PostgreSQL ends the connection."""

    async def fault(connection: asyncpg.Connection) -> None:
        admin = await asyncpg.connect(admin_url)
        try:
            assert await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", connection.get_server_pid())
        finally:
            await admin.close()

    return fault


@asynccontextmanager
async def stepping(database: Database) -> AsyncIterator[Steps]:
    """Step by step within the block, on every connection of the database's pool."""
    steps = Steps()
    ours: set[asyncpg.Connection] = set()

    def wrapped(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def method(self: asyncpg.Connection, query: str, *arguments: Any, **options: Any) -> Any:
            if self not in ours:
                return await original(self, query, *arguments, **options)
            await steps.step(self, query)
            answer = await original(self, query, *arguments, **options)
            if query.startswith("COMMIT"):
                await steps.step(self, "COMMITTED")
            return answer

        return method

    copy, copy_bytes = asyncpg.Connection.copy_records_to_table, asyncpg.Connection.copy_to_table

    async def copying(self: asyncpg.Connection, table: str, *, records: Iterable[Any], **options: Any) -> Any:
        async def some() -> AsyncIterator[Any]:
            for number, record in enumerate(records):
                if number == 1:
                    await steps.step(self, f"rows of {table}")
                yield record

        await steps.step(self, f"COPY {table}")
        return await copy(self, table, records=some(), **options)

    async def copying_bytes(
        self: asyncpg.Connection, table: str, *, source: AsyncIterator[bytes], **options: Any
    ) -> Any:
        async def some() -> AsyncIterator[bytes]:
            number = 0
            async for piece in source:
                number += 1
                if number == A_PIECE_WITHIN:
                    await steps.step(self, f"rows of {table}")
                yield piece

        await steps.step(self, f"COPY {table}")
        return await copy_bytes(self, table, source=some(), **options)

    def checked_out(connection: Any, *_: Any) -> None:
        ours.add(connection.driver_connection)

    def about_to_send(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        await_only(steps.step(connection.connection.dbapi_connection.driver_connection, statement))

    engine = database.engine.sync_engine
    event.listen(engine, "checkout", checked_out)
    event.listen(engine, "before_cursor_execute", about_to_send)
    methods: dict[str, Any] = {
        name: wrapped(getattr(asyncpg.Connection, name)) for name in ("execute", "fetch", "fetchrow")
    }
    try:
        with patch.multiple(asyncpg.Connection, copy_records_to_table=copying, copy_to_table=copying_bytes, **methods):
            yield steps
    finally:
        event.remove(engine, "checkout", checked_out)
        event.remove(engine, "before_cursor_execute", about_to_send)
