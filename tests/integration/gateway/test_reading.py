"""Reads of published views: nobody sees anything but the cabinets that he names, whatever came of the read before."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import pytest
from gateway.reading import ReadPool
from servicekit import faults
from servicekit.db import Database
from support.databases import Databases
from support.stored_orders import snapshot, store

SEEN = "SELECT cabinet_id FROM reporter_published.orders ORDER BY cabinet_id"
CABINETS = sorted((uuid4(), uuid4()))


@pytest.fixture
async def pool(databases: Databases, gateway_db: Database, reporter_db: Database) -> AsyncIterator[ReadPool]:
    """One connection of the gateway's, and an order of each of two cabinets."""
    for cabinet in CABINETS:
        await store(reporter_db, cabinet, [snapshot(cabinet)])
    made = ReadPool(databases.urls["gateway"], size=1, timeout_seconds=30)
    yield made
    await made.close()


async def seen(pool: ReadPool, *cabinets: UUID) -> list[UUID]:
    async with pool.showing(cabinets) as shown:
        return [row["cabinet_id"] for row in await shown.rows(SEEN, {})]


async def test_a_read_sees_the_cabinets_that_it_names_and_no_others(pool: ReadPool) -> None:
    for named in ([], CABINETS[:1], CABINETS[1:], CABINETS, [uuid4()], []):
        assert await seen(pool, *named) == [cabinet for cabinet in CABINETS if cabinet in named]


async def test_a_connection_that_was_given_back_shows_nothing(pool: ReadPool) -> None:
    assert await pool.value(SEEN) is None
    assert await seen(pool, *CABINETS) == CABINETS
    assert await pool.value(SEEN) is None
    with pytest.raises(asyncpg.UndefinedTableError):
        async with pool.showing(CABINETS) as shown:
            await shown.rows("SELECT FROM nothing_of_that_name", {})
    assert await pool.value(SEEN) is None
    with pytest.raises(LookupError):
        async with pool.showing(CABINETS):
            raise LookupError
    assert await pool.value(SEEN) is None


async def test_nor_does_one_whose_reader_has_gone(pool: ReadPool) -> None:
    begun = asyncio.Event()

    async def read_on() -> None:
        async with pool.showing(CABINETS) as shown:
            begun.set()
            await shown.rows("SELECT pg_sleep(600)", {})

    reader = asyncio.create_task(read_on())
    await begun.wait()
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert await pool.value(SEEN) is None
    assert (pool.in_use, pool.waiting) == (0, 0)


async def test_what_reads_cannot_write(pool: ReadPool) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with pool.showing(CABINETS) as shown:
            await shown.rows("INSERT INTO users (telegram_id) VALUES (1)", {})


async def test_values_are_given_by_name_however_often_they_are_used(pool: ReadPool) -> None:
    statement = "SELECT CAST(:b AS text) || CAST(:a AS text) || CAST(:b AS text) AS told, CAST('{}' AS jsonb) AS body"
    async with pool.showing([]) as shown:
        assert dict(await shown.row(statement, {"a": "1", "b": "2", "unused": 3}) or {}) == {"told": "212", "body": {}}


async def test_who_finds_no_connection_in_time_is_told_that_the_database_is_away(
    databases: Databases, pool: ReadPool
) -> None:
    small = ReadPool(databases.urls["gateway"], size=1, timeout_seconds=0.5)
    async with small.showing([]):
        with pytest.raises(TimeoutError) as told:
            await seen(small)
        assert (faults.is_away(told.value), small.in_use, small.waiting) == (True, 1, 0)
    await small.close()


async def test_a_session_that_the_server_ends_between_two_statements_is_an_outage_and_the_next_read_has_another(
    pool: ReadPool, databases: Databases
) -> None:
    admin = await asyncpg.connect(databases.admin_url.replace("+asyncpg", ""))
    with pytest.raises(asyncpg.InterfaceError) as raised:  # noqa: PT012  # it is the second statement that finds it ended
        async with pool.showing(CABINETS) as shown:
            [own] = await shown.rows("SELECT pg_backend_pid() AS pid", {})
            assert await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", own["pid"])
            await asyncio.sleep(0.1)  # it has come to the client
            await shown.rows(SEEN, {})
    await admin.close()
    assert faults.is_away(raised.value)
    assert await seen(pool, *CABINETS) == CABINETS
