"""Looking into a service's tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from servicekit.db import Database
from sqlalchemy import event, text


async def rows(database: Database, statement: str, **values: Any) -> list[dict[str, Any]]:
    """What a query finds."""
    async with database.transaction() as connection:
        return [dict(row) for row in (await connection.execute(text(statement), values)).mappings()]


async def all_rows(database: Database, table: str) -> list[dict[str, Any]]:
    """Every row of a table or view, in the order of its columns."""
    return await rows(database, f"SELECT * FROM {table} AS t ORDER BY CAST(t AS text)")


async def count(database: Database, table: str) -> int:
    """Rows of a table."""
    return int((await rows(database, f"SELECT count(*) AS n FROM {table}"))[0]["n"])


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent within the block."""
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def execute(database: Database, statement: str, **parameters: Any) -> None:
    """Run a statement in a transaction of its own."""
    async with database.transaction() as connection:
        await connection.execute(text(statement), parameters)
