"""A service's migrations run in its own schema, and give up rather than stop traffic."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.util import CommandError
from servicekit.bootstrap import bootstrap
from servicekit.migrations import alembic_config, upgrade
from sqlalchemy.engine import make_url
from support.databases import Databases

ENV = """
import sqlalchemy as sa
from servicekit.migrations import run_env

metadata = sa.MetaData()
sa.Table("things", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.Text, nullable=False))
run_env(metadata, schema="{schema}")
"""

FIRST = """
from alembic import op
from servicekit.outbox.schema import create_inbox, create_outbox, drop_outbox_and_inbox

revision, down_revision = "1", None


def upgrade():
    create_outbox(op)
    create_inbox(op)
    op.execute("CREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL)")


def downgrade():
    drop_outbox_and_inbox(op)
    op.execute("DROP TABLE things")
"""

SECOND = """
from alembic import op

revision, down_revision = "2", "1"


def upgrade():
    op.execute("ALTER TABLE things ADD COLUMN more text")
"""


@pytest.fixture
async def url(databases: Databases) -> AsyncIterator[str]:
    name = f"kit_migrations_{os.getpid()}"
    made = make_url(databases.admin_url).set(username=name, password="x").render_as_string(False)
    await bootstrap(databases.admin_url, {name: made})
    yield made
    admin = await asyncpg.connect(databases.admin_url)
    await admin.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")
    await admin.close()


@pytest.fixture
def folder(tmp_path: Path, url: str) -> Path:
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENV.format(schema=make_url(url).username))
    (tmp_path / "versions" / "first.py").write_text(FIRST)
    return tmp_path


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        return {row["tablename"] for row in rows}
    finally:
        await connection.close()


async def test_up_again_and_down(url: str, folder: Path) -> None:
    for _ in range(2):
        await asyncio.to_thread(upgrade, folder, url)
    assert await tables(url) == {"alembic_version", "outbox", "outbox_default", "inbox", "things"}
    await asyncio.to_thread(command.downgrade, alembic_config(folder, url), "base")
    assert await tables(url) == {"alembic_version"}


async def test_drift_is_seen_and_outbox_inbox_and_partitions_are_none(url: str, folder: Path) -> None:
    await asyncio.to_thread(upgrade, folder, url)
    await asyncio.to_thread(command.check, alembic_config(folder, url))
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER TABLE things DROP COLUMN name")
    await connection.close()
    with pytest.raises(CommandError, match="New upgrade operations detected"):
        await asyncio.to_thread(command.check, alembic_config(folder, url))


async def test_one_that_cannot_get_its_lock_gives_up_and_changes_nothing(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await asyncio.to_thread(upgrade, folder, url)
    (folder / "versions" / "second.py").write_text(SECOND)
    monkeypatch.setattr("servicekit.migrations.LOCK_TIMEOUT", "100ms")
    holder = await asyncpg.connect(url)
    async with holder.transaction():
        await holder.execute("LOCK TABLE things IN ACCESS SHARE MODE")
        with pytest.raises(SystemExit):
            await asyncio.to_thread(upgrade, folder, url)
    assert "lock timeout" in capsys.readouterr().err
    await asyncio.to_thread(upgrade, folder, url)
    assert await holder.fetchval("SELECT version_num FROM alembic_version") == "2"
    await holder.close()
