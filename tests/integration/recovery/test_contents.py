"""What the drill of a recovery compares: a row too few, another value, a table that is missing are all seen."""

import asyncio

import asyncpg
import pytest
from contracts.envelope import SERVICES
from recovery.contents import Held, compare, contents
from support.databases import Databases

ROWS = """
INSERT INTO gateway.users (telegram_id, created_at) SELECT n, now() FROM generate_series(1, 5) AS n
"""


@pytest.fixture
async def admin(databases: Databases) -> asyncpg.Connection:
    for service in SERVICES:
        await databases.connect(service)
    connection = await asyncpg.connect(databases.admin_url.replace("+asyncpg", ""))
    await connection.execute(ROWS)
    yield connection
    await connection.execute("DELETE FROM gateway.users")
    await connection.close()


async def test_a_table_that_does_not_hold_what_it_held_is_named(
    admin: asyncpg.Connection, databases: Databases
) -> None:
    async def differing() -> list[str]:
        return [each.table for each in compare(before, await asyncio.to_thread(contents, url)) if not each.is_same]

    url = databases.admin_url.replace("+asyncpg", "")
    before = await asyncio.to_thread(contents, url)
    assert before.tables["gateway.users"].rows == 5
    assert len(before.tables) > 100
    assert await differing() == []

    # The same rows in other places of the file are the same table.
    await admin.execute("UPDATE gateway.users SET telegram_id = telegram_id")
    assert await differing() == []
    await admin.execute("UPDATE gateway.users SET telegram_id = 6 WHERE telegram_id = 5")
    assert await differing() == ["gateway.users"]
    await admin.execute("UPDATE gateway.users SET telegram_id = 5 WHERE telegram_id = 6")
    assert await differing() == []
    await admin.execute("DELETE FROM gateway.users WHERE telegram_id = 3")
    assert await differing() == ["gateway.users"]
    await admin.execute("ALTER TABLE reporter.sales RENAME TO sold")
    try:
        assert await differing() == ["gateway.users", "reporter.sales", "reporter.sold"]
    finally:
        await admin.execute("ALTER TABLE reporter.sold RENAME TO sales")


async def test_only_what_a_crash_of_postgresql_empties_is_left_out(
    admin: asyncpg.Connection, databases: Databases
) -> None:
    found = await asyncio.to_thread(contents, databases.admin_url.replace("+asyncpg", ""))
    assert set(found.left_out) == {"ingestor.reconciled_days", "ingestor.sync_losses", "ingestor.sync_seen"}
    [seen] = [each for each in compare(found, found) if each.table == "ingestor.sync_seen"]
    assert seen.is_same
    assert seen.before == Held(0, found.tables["ingestor.sync_seen"].hash)
    assert seen.reason is not None
