"""Alembic for a service: its own history in its own schema."""

import asyncio
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit.commands import database_answers

LOCK_TIMEOUT = "5s"
"""A migration that cannot get its lock gives up rather than stop traffic behind it."""


def alembic_config(migrations: Path, database_url: str) -> Config:
    """Configuration for the migrations in a folder."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["database_url"] = database_url
    return config


def upgrade(migrations: Path, database_url: str) -> None:
    """Bring the service's schema to the newest revision.

    Raises:
        SystemExit: 2, with a line on stderr, if the database cannot be reached or refuses us.
    """
    with database_answers():
        command.upgrade(alembic_config(migrations, database_url), "head")


def run_env(metadata: sa.MetaData, schema: str) -> None:
    """The whole of a service's `env.py`: run its migrations online, in its schema."""
    url = make_url(context.config.attributes["database_url"]).set(drivername="postgresql+asyncpg")

    def run(connection: Connection) -> None:
        connection.execute(sa.text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            version_table_schema=schema,
            include_name=lambda name, kind, _: _is_ours(name, kind, metadata),
        )
        with context.begin_transaction():
            context.run_migrations()

    async def connect() -> None:
        engine = create_async_engine(url, poolclass=sa.NullPool)
        try:
            async with engine.connect() as connection:
                await connection.run_sync(run)
        finally:
            await engine.dispose()

    asyncio.run(connect())


def _is_ours(name: str | None, kind: str, metadata: sa.MetaData) -> bool:
    # Outbox and inbox are servicekit's, and partitions come and go: they are not in a service's metadata.
    return kind != "table" or name in {table.name for table in metadata.tables.values()}
