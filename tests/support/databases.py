"""A database of the test session's own, with the roles and schemas of every service."""

import asyncio
import importlib.resources
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from contracts.envelope import SERVICES
from pydantic import SecretStr
from servicekit import db
from servicekit.bootstrap import bootstrap
from servicekit.db import Database, driver
from servicekit.migrations import upgrade
from servicekit.settings import ServiceSettings
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

_TABLES = text("""
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')
  AND NOT relispartition AND relname <> 'alembic_version'
""")


@dataclass
class Databases:
    """URLs of one test database: the administrator's and each service's."""

    admin_url: str
    urls: dict[str, str]
    kept: dict[str, Database] = field(default_factory=dict)

    async def connect(self, service: str) -> Database:
        """The service's own database, migrated and empty.

        Its connections stay open for whoever comes next: a new one costs more than most tests. What is listened for on
        its engine is not, and whoever closes it gets new connections for the next.
        """
        if service not in self.kept:
            await asyncio.to_thread(upgrade, migrations_of(service), self.urls[service])
            self.kept[service] = connect(self.urls[service])
        kept = self.kept[service]
        pool = kept.engine.sync_engine.pool
        if isinstance(pool, QueuePool) and pool.checkedout():
            await kept.close()
        await empty(kept)
        return Database(kept.engine.execution_options(), kept.dsn)

    async def close(self) -> None:
        """Close what is kept open."""
        for database in self.kept.values():
            await database.close()


def migrations_of(service: str) -> Path:
    """The folder of a service's Alembic history."""
    return Path(str(importlib.resources.files(service))) / "migrations"


def connect(url: str) -> Database:
    """A small pool on a URL."""
    unused = SecretStr("unused://")
    return db.connect(ServiceSettings(database_url=SecretStr(url), redis_url=unused, rabbitmq_url=unused))


async def empty(database: Database) -> None:
    """Delete every row of the service's tables."""
    async with database.transaction() as connection:
        names = (await connection.execute(_TABLES)).scalars()
        # Most are empty, and looking is a hundred times cheaper than a new file for each of them and its indexes.
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
        if filled and (tables := ", ".join((await connection.execute(text(filled))).scalars())):
            await connection.execute(text(f"TRUNCATE {tables} CASCADE"))


async def forget(database: Database, tables: Iterable[str]) -> None:
    """Delete the rows of these tables, and of inbox and outbox, in one journey: for who does so again and again."""
    async with database.transaction() as connection:
        await (await driver(connection)).execute(
            "; ".join(f"DELETE FROM {each}" for each in (*tables, "inbox", "outbox"))
        )


@asynccontextmanager
async def fresh_databases(server_url: str) -> AsyncIterator[Databases]:
    """A fresh database with fresh roles on the server; both are dropped afterwards."""
    name = f"pulse_test_{os.getpid()}_{os.urandom(3).hex()}"
    admin = await asyncpg.connect(server_url)
    await admin.execute(f'CREATE DATABASE "{name}"')
    base = make_url(server_url).set(database=name)
    urls = {
        service: base.set(username=f"{name}_{service}", password=os.urandom(16).hex()).render_as_string(False)
        for service in SERVICES
    }
    admin_url = base.render_as_string(False)
    try:
        await bootstrap(admin_url, urls)
        made = Databases(admin_url, urls)
        yield made
        await made.close()
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        for service in SERVICES:
            await admin.execute(f'DROP ROLE IF EXISTS "{name}_{service}"')
        await admin.close()
