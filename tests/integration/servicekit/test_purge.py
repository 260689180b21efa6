"""What is left of disconnected cabinets goes in batches, whatever happens in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from contracts.cabinets import CabinetDisconnectedV1
from servicekit import purge, tombstones
from servicekit.db import Database
from servicekit.events import new_event
from servicekit.outbox import append
from servicekit.outbox.partitions import keep_partitions
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import ARRAY
from structlog.testing import capture_logs
from support.events import sync_requested
from support.eventually import eventually
from support.rows import rows, statements

METADATA = sa.MetaData()
THINGS = sa.Table(
    "things",
    METADATA,
    sa.Column("cabinet_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", ARRAY(sa.Text), primary_key=True),
)
ONES = sa.Table("ones", METADATA, sa.Column("cabinet_id", sa.Uuid, primary_key=True))
tombstones.tombstones(METADATA)
TABLES = [THINGS, ONES]
NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
async def _tables(db: Database) -> AsyncIterator[None]:
    async with db.transaction() as connection:
        await connection.run_sync(METADATA.create_all)
    await keep_partitions(db, date(2026, 11, 20))
    yield
    async with db.transaction() as connection:
        await connection.run_sync(METADATA.drop_all)
        names = await connection.execute(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'outbox'::regclass")
        )
        for name in set(names.scalars()) - {"outbox_default"}:
            await connection.execute(text(f"DROP TABLE {name}"))


async def fill(db: Database, cabinet_id: UUID, things: int) -> None:
    async with db.transaction() as connection:
        await connection.execute(
            text("INSERT INTO things SELECT :id, 'k' || n % 3, ARRAY[n::text, 'x'] FROM generate_series(1, :n) AS n"),
            {"id": cabinet_id, "n": things},
        )
        await connection.execute(text("INSERT INTO ones VALUES (:id)"), {"id": cabinet_id})
        await append(connection, [sync_requested(cabinet_id) for _ in range(3)])
        at = {"id": cabinet_id, "at": NOW}
        await append(connection, [first := sync_requested(cabinet_id)])
        await connection.execute(
            text("UPDATE outbox SET created_at = :at WHERE cabinet_id = :id AND id = :event"), {**at, "event": first.id}
        )


async def leave(db: Database, *cabinet_ids: UUID) -> None:
    async with db.transaction() as connection:
        for cabinet_id in cabinet_ids:
            await tombstones.leave(connection, cabinet_id, NOW)


async def left(db: Database) -> dict[str, set[UUID]]:
    tables = ("things", "ones", "outbox")
    return {t: {row["cabinet_id"] for row in await rows(db, f"SELECT cabinet_id FROM {t}")} for t in tables}


def crash_at(db: Database, statement: int) -> Any:
    sent = 0

    def crash(*_: object) -> None:
        nonlocal sent
        sent += 1
        if sent == statement:
            raise ConnectionError("killed")

    sqlalchemy_event.listen(db.engine.sync_engine, "before_cursor_execute", crash)
    return crash


@pytest.mark.parametrize("batch_rows", [1, 3, 7, 8, 5_000])
async def test_rows_and_events_of_the_cabinet_go_and_no_others(
    db: Database, monkeypatch: pytest.MonkeyPatch, batch_rows: int
) -> None:
    monkeypatch.setattr(purge, "BATCH_ROWS", batch_rows)
    gone, other = uuid4(), uuid4()
    await fill(db, gone, 7)
    await fill(db, other, 7)
    await leave(db, gone)
    assert await purge.purge(db, TABLES) == 1
    assert await left(db) == {"things": {other}, "ones": {other}, "outbox": {other}}
    assert len(await rows(db, "SELECT 1 FROM things")) == 7
    assert len(await rows(db, "SELECT 1 FROM outbox")) == 4


async def test_the_event_that_tells_of_the_disconnect_stays(db: Database) -> None:
    gone = uuid4()
    await fill(db, gone, 1)
    told = new_event(CabinetDisconnectedV1(requested_by=1), cabinet_id=gone)
    async with db.transaction() as connection:
        await append(connection, [told])
    await leave(db, gone)
    await purge.purge(db, TABLES)
    assert [row["id"] for row in await rows(db, "SELECT id FROM outbox")] == [told.id]


async def test_a_batch_takes_as_many_statements_whatever_its_rows(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {}
    for things in (10, 1_000):
        monkeypatch.setattr(purge, "BATCH_ROWS", things)
        gone = uuid4()
        await fill(db, gone, things)
        await leave(db, gone)
        with statements(db) as executed:
            await purge.purge(db, TABLES)
        sent[things] = len(executed)
    assert sent[10] == sent[1_000]


async def test_nothing_to_be_purged_costs_one_statement(db: Database) -> None:
    gone = uuid4()
    await fill(db, gone, 1)
    await leave(db, gone)
    await purge.purge(db, TABLES)
    with statements(db) as executed:
        assert await purge.purge(db, TABLES) == 0
    assert len(executed) == 1


@pytest.mark.parametrize("statement", [3, 4, 5, 6, 9, 13, 20])
async def test_it_goes_on_where_a_crash_ended_it(db: Database, monkeypatch: pytest.MonkeyPatch, statement: int) -> None:
    monkeypatch.setattr(purge, "BATCH_ROWS", 2)
    gone, other = uuid4(), uuid4()
    await fill(db, gone, 7)
    await fill(db, other, 1)
    await leave(db, gone)
    crash = crash_at(db, statement)
    assert await purge.purge(db, TABLES) == 0
    sqlalchemy_event.remove(db.engine.sync_engine, "before_cursor_execute", crash)
    assert gone in set.union(*(await left(db)).values())
    assert await purge.purge(db, TABLES) == 1
    assert await left(db) == {"things": {other}, "ones": {other}, "outbox": {other}}


async def test_a_cabinet_that_fails_holds_up_no_other(db: Database) -> None:
    bad, good = uuid4(), uuid4()
    await leave(db, bad)
    await fill(db, good, 1)
    await leave(db, good)
    crash_at(db, 4)
    assert await purge.purge(db, TABLES) == 1
    assert (await rows(db, "SELECT count(*) AS n FROM disconnected_cabinets WHERE purged_at IS NULL"))[0]["n"] == 1


async def test_processes_share_a_purge(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "BATCH_ROWS", 5)
    gone = [uuid4() for _ in range(3)]
    for cabinet_id in gone:
        await fill(db, cabinet_id, 50)
    await leave(db, *gone)

    async def until_nothing_is_left() -> int:
        purged = 0
        while await rows(db, "SELECT 1 FROM disconnected_cabinets WHERE purged_at IS NULL"):
            purged += await purge.purge(db, TABLES)
        return purged

    assert sum(await asyncio.gather(until_nothing_is_left(), until_nothing_is_left())) == len(gone)
    assert await left(db) == {"things": set(), "ones": set(), "outbox": set()}


async def test_what_a_transaction_writes_that_did_not_see_the_tombstone_goes_too(db: Database) -> None:
    gone = uuid4()
    async with db.transaction() as late:
        assert (await late.execute(text("SELECT 1 FROM disconnected_cabinets"))).first() is None
        await leave(db, gone)
        purging = asyncio.create_task(purge.purge(db, TABLES))
        await asyncio.sleep(0.3)
        await late.execute(text("INSERT INTO ones VALUES (:id)"), {"id": gone})
        await append(late, [sync_requested(gone)])
    assert await purging == 1
    assert await left(db) == {"things": set(), "ones": set(), "outbox": set()}


async def test_it_waits_for_what_is_older_however_long_and_for_nothing_that_began_since(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "TELL_SECONDS", 0.0)
    gone = uuid4()
    with capture_logs() as logs:
        async with db.transaction() as younger:
            async with db.transaction() as older:
                pid = await older.scalar(text("SELECT pg_backend_pid()"))
                await leave(db, gone)
                purging = asyncio.create_task(purge.purge(db, TABLES))
                waits = {"event": "purge.waits", "for_pid": pid}
                await eventually(lambda: sum(waits.items() <= log.items() for log in logs) >= 2)
                await younger.execute(text("SELECT 1"))
            assert await purging == 1


async def test_events_that_move_into_a_new_partition_meanwhile_go_too(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = uuid4()
    await fill(db, gone, 1)
    await leave(db, gone)
    async with db.transaction() as connection:
        await connection.execute(text("UPDATE outbox SET created_at = :at"), {"at": NOW + timedelta(days=30)})
    assert len(await rows(db, "SELECT 1 FROM outbox_default")) == 4
    actual = purge._delete_batch

    async def after_housekeeping(connection: Any, of: Any, cabinet_id: UUID, after: Any) -> Any:
        if of.table == "ones":
            await keep_partitions(db, NOW.date())
            assert not await rows(db, "SELECT 1 FROM outbox_default")
        return await actual(connection, of, cabinet_id, after)

    monkeypatch.setattr(purge, "_delete_batch", after_housekeeping)
    assert await purge.purge(db, TABLES) == 1
    assert await left(db) == {"things": set(), "ones": set(), "outbox": set()}


async def test_a_second_tombstone_changes_nothing(db: Database) -> None:
    gone = uuid4()
    await leave(db, gone, gone)
    assert await purge.purge(db, TABLES) == 1
    await leave(db, gone)
    assert await purge.purge(db, TABLES) == 0


async def test_a_batch_reads_no_more_than_a_batch(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the cabinet is most of the table, and what was deleted has not been vacuumed."""
    monkeypatch.setattr(purge, "BATCH_ROWS", 1_000)
    gone = uuid4()
    await fill(db, gone, 20_000)
    async with db.transaction() as connection:
        await connection.execute(text("ANALYZE things"))
    await leave(db, gone)
    plans: list[dict[str, Any]] = []
    actual = purge._delete_batch

    async def explained(connection: Any, of: Any, cabinet_id: UUID, after: Any) -> Any:
        if of.table == "things":
            query = text("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + of.boundary(after))
            values = {"cabinet_id": cabinet_id, "skipped": 999, **purge._named("after", after)}
            plan = (await connection.execute(query, values)).scalar_one()[0]["Plan"]
            plans.append(plan)
        return await actual(connection, of, cabinet_id, after)

    monkeypatch.setattr(purge, "_delete_batch", explained)
    await purge.purge(db, TABLES)
    read = [plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] for plan in plans]
    assert len(read) == 21
    assert max(read) < 1_200
