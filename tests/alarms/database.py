"""PostgreSQL, in which somebody else works too: what he holds, and what he refuses."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from demo.installation import Installation

from alarms.beside import beside

FORGETFUL = "forgetful"
"""The client that forgets its transaction."""
TERMINATE = f"""
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE state = 'idle in transaction' AND application_name = '{FORGETFUL}'
"""
"""As the runbook says, once it was looked who that is."""


@contextmanager
def locked(table: str, pulse: Installation, *, mode: str = "ACCESS EXCLUSIVE") -> Iterator[None]:
    """A client forgot its transaction, which holds a table; somebody ends its connection."""
    is_held, is_over = threading.Event(), threading.Event()

    async def hold() -> None:
        try:
            connection = await asyncpg.connect(
                pulse.admin_database_url, server_settings={"application_name": FORGETFUL}
            )
            async with connection.transaction():
                await connection.execute(f"LOCK TABLE {table} IN {mode} MODE")
                is_held.set()
                await asyncio.to_thread(is_over.wait)
        except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
            pass  # it was ended
        finally:
            is_held.set()

    with beside(lambda: asyncio.run(hold()), is_over):
        is_held.wait()
        try:
            yield
        finally:
            ask(pulse.admin_database_url, TERMINATE)


@contextmanager
def refusing(table: str, condition: str, pulse: Installation) -> Iterator[None]:
    """A table refuses new rows for which the condition holds (SQL, of `NEW`); it is taken off again."""
    function = f"{table}_refuse"
    ask(
        pulse.admin_database_url,
        f"""
        CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'broken on purpose'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON {table}
        FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {function}()
        """,
    )
    try:
        yield
    finally:
        ask(pulse.admin_database_url, f"DROP FUNCTION {function}() CASCADE")


def ask(url: str, statement: str) -> Any:
    """What PostgreSQL says of its administrator's statements, such as `UPDATE 3`."""
    return asyncio.run(_with(url, lambda connection: connection.execute(statement)))


def value(url: str, statement: str) -> Any:
    """The first value of what a statement gives."""
    return asyncio.run(_with(url, lambda connection: connection.fetchval(statement)))


def rows(url: str, statement: str, *values: Any, schema: str = "public") -> list[Any]:
    """What a statement gives; `schema` is where triggers of what it writes find what they need."""
    return list(asyncio.run(_with(url, lambda connection: connection.fetch(statement, *values), schema)))


async def _with(url: str, act: Callable[[asyncpg.Connection], Awaitable[Any]], schema: str = "public") -> Any:
    connection = await asyncpg.connect(url, server_settings={"search_path": schema})
    try:
        return await act(connection)
    finally:
        await connection.close()
