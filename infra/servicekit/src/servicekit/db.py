"""Transactions on a service's own schema. Its role's search_path names that schema, so SQL here does not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from servicekit.settings import CONSUMER_CONNECTIONS, ServiceSettings

STATEMENTS = 500
"""Prepared for each connection: more than a service has, so that none is ever prepared again."""


class Database:
    """A pool of connections; every piece of work is one transaction."""

    def __init__(self, engine: AsyncEngine, dsn: str, *, consumers: int = CONSUMER_CONNECTIONS) -> None:
        self.engine = engine
        self.consumers = asyncio.Semaphore(consumers)
        """Places for events that are being handled: those that wait for one use up no time of the pool's."""
        self.looking = asyncio.Lock()
        """Held by the one that looks whether a database that was lost is back."""
        self.dsn = dsn
        """For a driver connection of one's own (LISTEN)."""
        self.waiting = 0
        """How many transactions wait for a connection."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back on any exception."""
        async with AsyncExitStack() as stack:
            self.waiting += 1
            try:
                connection = await stack.enter_async_context(self.engine.begin())
            finally:
                self.waiting -= 1
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


def connect(settings: ServiceSettings, *, schema: str | None = None) -> Database:
    """A database pool; connections are opened when first needed.

    Names stand for what is in `schema`, else for what is in the service's own.
    """
    dsn = settings.database_url.get_secret_value()
    engine = create_async_engine(
        make_url(dsn).set(drivername="postgresql+asyncpg"),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # the one that was used last has its statements prepared
        hide_parameters=True,  # an error's text goes to logs and headers; a statement's values must not
        pool_timeout=settings.db_timeout,
        connect_args={
            "command_timeout": settings.db_timeout,
            "timeout": 10,
            "prepared_statement_cache_size": STATEMENTS,
            "server_settings": {
                "plan_cache_mode": "force_generic_plan" if settings.has_general_plans else "auto",
                **({} if schema is None else {"search_path": schema}),
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return Database(engine, dsn, consumers=settings.consumer_connections)


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
