"""The migrations and the tables they are said to make."""

import asyncio

from alembic import command
from gateway import keys
from gateway.__main__ import cli
from servicekit.db import Database
from servicekit.migrations import alembic_config
from support.databases import migrations_of
from support.gateway import Gateway, User
from support.rows import rows
from typer.testing import CliRunner


class TestMigrations:
    async def test_leave_the_tables_that_the_code_describes(self, gateway_db: Database) -> None:
        config = alembic_config(migrations_of("gateway"), gateway_db.dsn)
        await asyncio.to_thread(command.check, config)

    async def test_can_be_undone_and_done_again(self, gateway_db: Database) -> None:
        config = alembic_config(migrations_of("gateway"), gateway_db.dsn)
        await gateway_db.close()
        await asyncio.to_thread(command.downgrade, config, "base")
        migrated = await asyncio.to_thread(CliRunner().invoke, cli, ["migrate", "--database-url", gateway_db.dsn])
        assert migrated.exit_code == 0, migrated.output
        async with gateway_db.transaction() as connection:
            assert await keys.list_all(connection) == []

    async def test_who_connected_a_cabinet_before_there_were_roles_is_its_owner(
        self, gateway: Gateway, alice: User
    ) -> None:
        cabinet_id = await alice.connect()
        await gateway.join(cabinet_id, 1003, "manager")
        config = alembic_config(migrations_of("gateway"), gateway.database.dsn)
        await asyncio.to_thread(command.downgrade, config, "2026_11_29_first")
        await asyncio.to_thread(command.upgrade, config, "head")
        found = await rows(gateway.database, "SELECT telegram_id, role FROM cabinet_members ORDER BY telegram_id")
        assert [(row["telegram_id"], row["role"]) for row in found] == [(alice.telegram_id, "owner"), (1003, "viewer")]
