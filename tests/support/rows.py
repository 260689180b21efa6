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
