"""Partitions of the outbox: there before they are needed, gone when nothing in them is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from servicekit import inbox
from servicekit.db import Database
from servicekit.outbox import Relay, append
from servicekit.outbox.partitions import AHEAD_DAYS, KEEP_DAYS, keep_house, keep_partitions
from servicekit.outbox.relay import OutboxRow
from sqlalchemy import text
from structlog.testing import capture_logs
from support.events import sync_requested

DAY = date(2031, 3, 1)


async def partitions(db: Database) -> list[str]:
    async with db.transaction() as connection:
        found = await connection.execute(
            text(
                "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
                "WHERE inhparent = CAST('outbox' AS regclass) ORDER BY 1"
            )
        )
        return list(found.scalars())


async def keep(db: Database, today: date) -> None:
    async with db.transaction() as connection:
        await keep_partitions(connection, today)


async def store(db: Database, day: date) -> UUID:
    event = sync_requested()
    async with db.transaction() as connection:
        await append(connection, [event])
        at = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
        await connection.execute(text("UPDATE outbox SET created_at = :at WHERE id = :id"), {"at": at, "id": event.id})
    return event.id


async def where(db: Database, event_id: UUID) -> str:
    async with db.transaction() as connection:
        name = await connection.scalar(
            text("SELECT CAST(CAST(tableoid AS regclass) AS text) FROM outbox WHERE id = :id"), {"id": event_id}
        )
    return str(name)


def name(day: date) -> str:
    return f"outbox_p{day:%Y%m%d}"


@pytest.fixture(autouse=True)
async def _bare(db: Database) -> AsyncIterator[None]:
    """No partition but the default one, before and after."""
    for _ in range(2):
        async with db.transaction() as connection:
            await connection.execute(text("DELETE FROM outbox"))
        for partition in await partitions(db):
            if partition != "outbox_default":
                async with db.transaction() as connection:
                    await connection.execute(text(f"DROP TABLE {partition}"))
        if _ == 0:
            yield


async def test_today_and_the_next_days_are_made_once(db: Database) -> None:
    for _ in range(2):
        await keep(db, DAY)
    days = [name(DAY + timedelta(days=ahead)) for ahead in range(AHEAD_DAYS + 1)]
    assert await partitions(db) == ["outbox_default", *days]


async def test_a_day_is_one_of_utc_whatever_the_session_says(db: Database) -> None:
    async with db.transaction() as connection:
        await connection.execute(text("SET timezone = 'Asia/Tokyo'"))
        await keep_partitions(connection, DAY)
    event_id = await store(db, DAY)
    assert await where(db, event_id) == name(DAY)


async def test_rows_that_came_before_their_partition_move_into_it(db: Database) -> None:
    early, other = await store(db, DAY), await store(db, DAY - timedelta(days=2))
    assert await where(db, early) == "outbox_default"
    await keep(db, DAY)
    assert await where(db, early) == name(DAY)
    assert await where(db, other) == "outbox_default"
    relayed: list[UUID] = []

    async def publish(row: OutboxRow) -> None:
        relayed.append(row.id)

    await Relay(db, publish).relay_batch()
    assert sorted(relayed) == sorted([early, other])


async def test_an_old_partition_goes_when_all_in_it_was_sent(db: Database) -> None:
    await keep(db, DAY)
    await store(db, DAY)

    async def publish(_: OutboxRow) -> None:
        return

    await Relay(db, publish).relay_batch()
    await keep(db, DAY + timedelta(days=KEEP_DAYS))
    assert name(DAY) in await partitions(db)
    await keep(db, DAY + timedelta(days=KEEP_DAYS + 1))
    assert name(DAY) not in await partitions(db)


async def test_an_old_partition_with_unsent_rows_stays_and_is_complained_of(db: Database) -> None:
    await keep(db, DAY)
    await store(db, DAY)
    with capture_logs() as logs:
        await keep(db, DAY + timedelta(days=KEEP_DAYS + 2))
    assert [entry["partition"] for entry in logs] == [name(DAY)]
    left = await partitions(db)
    assert name(DAY) in left
    assert name(DAY + timedelta(days=1)) not in left


async def test_several_processes_may_keep_house_at_once(db: Database) -> None:
    await asyncio.gather(*(keep_house(db) for _ in range(4)))
    assert len(await partitions(db)) == 1 + AHEAD_DAYS + 1


async def test_housekeeping_forgets_old_marks_and_keeps_the_others(db: Database) -> None:
    old, new = sync_requested().id, sync_requested().id
    async with db.transaction() as connection:
        assert await inbox.first_time(connection, "kit", old)
        assert await inbox.first_time(connection, "kit", new)
        await connection.execute(
            text("UPDATE inbox SET received_at = now() - make_interval(days => :days) WHERE event_id = :id"),
            {"days": inbox.KEEP_DAYS + 1, "id": old},
        )
    await keep_house(db)
    async with db.transaction() as connection:
        assert not await inbox.first_time(connection, "kit", new)
        assert await inbox.first_time(connection, "another", new)
        assert await inbox.first_time(connection, "kit", old)


async def test_a_second_look_waits_for_the_first_to_end(db: Database) -> None:
    event_id = sync_requested().id

    async def look() -> bool:
        async with db.transaction() as connection:
            return await inbox.first_time(connection, "kit", event_id)

    async with db.engine.connect() as first:
        transaction = await first.begin()
        assert await inbox.first_time(first, "kit", event_id)
        second = asyncio.create_task(look())
        done, _ = await asyncio.wait([second], timeout=0.2)
        assert not done
        await transaction.rollback()
    assert await second
