"""Transactions on a service's own schema. Its role's search_path names that schema, so SQL here does not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from servicekit.settings import ServiceSettings


class Database:
    """A pool of connections; every piece of work is one transaction."""

    def __init__(self, engine: AsyncEngine, dsn: str) -> None:
        self.engine = engine
        self.dsn = dsn
        """For a driver connection of one's own (LISTEN)."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back on any exception."""
        async with self.engine.begin() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def connect(settings: ServiceSettings) -> Database:
    """A database pool; connections are opened when first needed."""
    dsn = settings.database_url.get_secret_value()
    engine = create_async_engine(
        make_url(dsn).set(drivername="postgresql+asyncpg"),
        pool_size=settings.db_pool_size,
        max_overflow=0,
        hide_parameters=True,  # an error's text goes to logs and headers; a statement's values must not
        pool_timeout=settings.db_timeout,
        connect_args={"command_timeout": settings.db_timeout, "timeout": 10},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return Database(engine, dsn)


async def driver(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's own connection within the caller's transaction, which has begun: for COPY and large answers."""
    adapted = (await connection.get_raw_connection()).driver_connection
    if not isinstance(adapted, asyncpg.Connection):
        raise TypeError("the database is reached through asyncpg")
    return adapted


def _refuse_closed(connection: Any, *_: object) -> None:
    # What the driver knows already costs nothing to ask; a ping at every checkout is three round trips.
    if connection.driver_connection.is_closed():
        raise DisconnectionError
