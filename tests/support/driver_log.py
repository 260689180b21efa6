"""What goes over the wire to PostgreSQL: statements and COPYs, as the driver sends them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from servicekit.db import Database
from sqlalchemy import event


@asynccontextmanager
async def sent(database: Database) -> AsyncIterator[list[str]]:
    """Everything sent within the block, on whichever connection; a COPY as `COPY <table>`.

    What SQLAlchemy sends are prepared statements, of which the driver's own log says nothing.
    """
    log: list[str] = []

    def note(query: Any) -> None:
        log.append(" ".join(query.query.split()))

    def note_prepared(*arguments: Any) -> None:
        log.append(" ".join(arguments[2].split()))

    def listen(connection: Any, *_: Any) -> None:
        connection.driver_connection.add_query_logger(note)

    def leave(connection: Any, *_: Any) -> None:
        connection.driver_connection.remove_query_logger(note)

    def noted(copy: Any) -> Any:
        async def copying(self: asyncpg.Connection, table: str, **options: Any) -> Any:
            log.append(f"COPY {table}")
            return await copy(self, table, **options)

        return copying

    copies = {name: noted(getattr(asyncpg.Connection, name)) for name in ("copy_records_to_table", "copy_to_table")}

    engine = database.engine.sync_engine
    event.listen(engine, "checkout", listen)
    event.listen(engine, "checkin", leave)
    event.listen(engine, "before_cursor_execute", note_prepared)
    try:
        with patch.multiple(asyncpg.Connection, **copies):
            yield log
        # The driver tells its log a turn later.
        await asyncio.sleep(0)
    finally:
        event.remove(engine, "checkout", listen)
        event.remove(engine, "checkin", leave)
        event.remove(engine, "before_cursor_execute", note_prepared)
