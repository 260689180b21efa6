"""The shadow: the reporter's tables, empty, in a schema of their own, where the same code finds them by their names."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from servicekit import db
from servicekit.db import Database
from servicekit.settings import ServiceSettings
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, CreateTable

from reporter import tables
from reporter.cabinets import HOLD_CABINET
from reporter.facts.lives import ORDER_LIVES
from reporter.tables.columns import FOR_LISTS

LIVE, SHADOW = "reporter", "reporter_shadow"

VIEWS = {"order_lives": ORDER_LIVES}
"""Views over the tables, as the code at hand has them."""

_ALONE = text("SELECT pg_try_advisory_lock(hashtextextended('reporter_shadow', 0))")
_LEFT_OVER = text("""
SELECT format('DROP %s %I.%I CASCADE', CASE relkind WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = CAST(:schema AS text) AND relkind IN ('r', 'v') ORDER BY relkind DESC
""")
# What the same code would publish in the course of a rebuild was published long ago.
_OF_SERVICEKIT = f"""
CREATE UNLOGGED TABLE inbox (LIKE {LIVE}.inbox INCLUDING ALL);
CREATE UNLOGGED TABLE outbox (LIKE {LIVE}.outbox INCLUDING DEFAULTS);
CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER forget BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION forget()
"""


class ShadowInUse(Exception):
    """Another rebuild is under way; there is one shadow."""


@asynccontextmanager
async def a_shadow(live: Database, settings: ServiceSettings) -> AsyncIterator[Database]:
    """The shadow, empty, for the block alone.

    Raises:
        ShadowInUse: another process has it.
    """
    async with live.engine.connect() as holder:
        # Of the connection, not of a transaction: a process that dies gives it up, and nothing else waits for it.
        if not await holder.scalar(_ALONE):
            raise ShadowInUse("another rebuild is under way: it ends by itself, or with its process")
        await holder.commit()
        shadow = db.connect(settings, schema=SHADOW)
        try:
            async with shadow.transaction() as connection:
                await _drop_all(connection)
                await _create_all(connection)
            yield shadow
            async with shadow.transaction() as connection:
                await _drop_all(connection)
        finally:
            await shadow.close()
            await holder.invalidate()


async def empty(shadow: Database) -> None:
    """Forget everything in it."""
    async with shadow.transaction() as connection:
        names = ", ".join(str(table.name) for table in tables.metadata.sorted_tables)
        await connection.execute(text(f"TRUNCATE {names}"))


async def _drop_all(connection: AsyncConnection) -> None:
    for statement in (await connection.execute(_LEFT_OVER, {"schema": SHADOW})).scalars().all():
        await connection.execute(text(statement))


async def _create_all(connection: AsyncConnection) -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    for table in tables.metadata.sorted_tables:
        made = str(CreateTable(table).compile(dialect=dialect))
        # What can be made anew needs no write-ahead log.
        await connection.execute(text(made.replace("CREATE TABLE", "CREATE UNLOGGED TABLE", 1)))
        # Nothing is listed from the shadow.
        for index in (each for each in table.indexes if FOR_LISTS not in each.info):
            await connection.execute(CreateIndex(index))
    for name, query in VIEWS.items():
        await connection.execute(text(f"CREATE VIEW {name} AS {query}"))
    await connection.execute(text(HOLD_CABINET))
    for statement in _OF_SERVICEKIT.split(";\n"):
        await connection.execute(text(statement))
