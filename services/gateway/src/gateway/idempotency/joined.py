"""A request's database and cache where all that it changes is one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from servicekit.cache import DeferringCache
from servicekit.db import Database
from sqlalchemy.ext.asyncio import AsyncConnection

SCOPE_NAME = "gateway.joined"
"""Where a request's `Joined` is in its ASGI scope."""


class JoinedDatabase(Database):
    """Its transactions are parts of the one that `connection` is in: what fails takes only its own part back.

    One at a time, or one within another: it has no second connection.
    """

    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        super().__init__(database.engine, database.dsn)
        self._connection = connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._connection.begin_nested():
            yield self._connection


@dataclass(frozen=True)
class Joined:
    """What stands in for the gateway's own database and cache (`api.parts`)."""

    database: JoinedDatabase
    cache: DeferringCache
