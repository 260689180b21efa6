"""Partitions of the outbox: there before they are needed, gone when nothing in them is."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from servicekit import inbox
from servicekit.db import Database
from servicekit.outbox import Relay, append
from servicekit.outbox.partitions import AHEAD_DAYS, KEEP_DAYS, keep_partitions
from servicekit.outbox.relay import OutboxRow
from servicekit.retention import forget_old
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
        await keep_partitions(db, DAY)
    days = [name(DAY + timedelta(days=ahead)) for ahead in range(AHEAD_DAYS + 1)]
    assert await partitions(db) == ["outbox_default", *days]


async def test_a_day_is_one_of_utc_whatever_the_session_says(db: Database) -> None:
    async with db.transaction() as connection:
        await connection.execute(text("ALTER ROLE CURRENT_USER SET timezone = 'Asia/Tokyo'"))
    await db.engine.dispose()
    try:
        await keep_partitions(db, DAY)
    finally:
        async with db.transaction() as connection:
            await connection.execute(text("ALTER ROLE CURRENT_USER RESET timezone"))
    event_id = await store(db, DAY)
    assert await where(db, event_id) == name(DAY)


async def test_rows_that_came_before_their_partition_move_into_it(db: Database) -> None:
    early, other = await store(db, DAY), await store(db, DAY - timedelta(days=2))
    assert await where(db, early) == "outbox_default"
    await keep_partitions(db, DAY)
    assert await where(db, early) == name(DAY)
    assert await where(db, other) == name(DAY - timedelta(days=2)), "also of a day on which none could be made"
    relayed: list[UUID] = []

    async def publish(row: OutboxRow) -> None:
        relayed.append(row.id)

    await Relay(db, publish).relay_batch()
    assert sorted(relayed) == sorted([early, other])


async def test_an_old_partition_goes_when_all_in_it_was_sent(db: Database) -> None:
    await keep_partitions(db, DAY)
    await store(db, DAY)

    async def publish(_: OutboxRow) -> None:
        return

    await Relay(db, publish).relay_batch()
    await keep_partitions(db, DAY + timedelta(days=KEEP_DAYS))
    assert name(DAY) in await partitions(db)
    await keep_partitions(db, DAY + timedelta(days=KEEP_DAYS + 1))
    assert name(DAY) not in await partitions(db)


async def test_an_old_partition_with_unsent_rows_stays_and_is_complained_of(db: Database) -> None:
    await keep_partitions(db, DAY)
    await store(db, DAY)
    with capture_logs() as logs:
        await keep_partitions(db, DAY + timedelta(days=KEEP_DAYS + 2))
    assert [entry["partition"] for entry in logs] == [name(DAY)]
    left = await partitions(db)
    assert name(DAY) in left
    assert name(DAY + timedelta(days=1)) not in left


async def test_what_lay_without_a_partition_goes_as_well_once_it_is_old_and_sent(db: Database) -> None:
    days = [DAY - timedelta(days=KEEP_DAYS + ago) for ago in (1, 2)]
    sent, unsent = [await store(db, day) for day in days]
    async with db.transaction() as connection:
        await connection.execute(text("UPDATE outbox SET sent_at = created_at WHERE id = :id"), {"id": sent})
    await keep_partitions(db, DAY)
    async with db.transaction() as connection:
        assert (await connection.execute(text("SELECT id FROM outbox"))).scalars().all() == [unsent]
        assert not await connection.scalar(text("SELECT count(*) FROM outbox_default"))
    assert await where(db, unsent) == name(days[1])
    assert name(days[0]) not in await partitions(db)


async def test_several_processes_may_keep_house_at_once(db: Database) -> None:
    await asyncio.gather(*(keep_partitions(db) for _ in range(4)))
    assert len(await partitions(db)) == 1 + AHEAD_DAYS + 1


async def test_relay_and_appends_go_on_while_the_log_is_kept_and_nobody_waits_in_a_circle(db: Database) -> None:
    rounds, ended = 12, asyncio.Event()
    appended: list[UUID] = []
    relayed: set[UUID] = set()

    async def publish(row: OutboxRow) -> None:
        relayed.add(row.id)

    async def append_on() -> None:
        while not ended.is_set():
            events = [sync_requested() for _ in range(5)]
            async with db.transaction() as connection:
                for event in events:
                    await append(connection, [event])
            appended.extend(event.id for event in events)

    async def relay_on() -> None:
        while not ended.is_set():
            await Relay(db, publish).relay_batch()

    async def keep_on() -> None:
        try:
            for number in range(rounds):
                await keep_partitions(db, DAY + timedelta(days=number * (KEEP_DAYS + AHEAD_DAYS + 1)))
        finally:
            ended.set()

    with capture_logs() as logs:
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            for work in (append_on, append_on, relay_on, relay_on, keep_on, keep_on):
                group.create_task(work())
    assert [entry for entry in logs if "deadlock" in str(entry).lower()] == []
    while await Relay(db, publish).relay_batch():
        pass
    assert relayed == set(appended)
    last = DAY + timedelta(days=rounds * (KEEP_DAYS + AHEAD_DAYS + 1))
    await keep_partitions(db, last)
    assert await partitions(db) == [
        "outbox_default",
        *(name(last + timedelta(days=ahead)) for ahead in range(AHEAD_DAYS + 1)),
    ]


async def test_the_partition_of_the_day_can_be_made_while_events_are_appended(db: Database) -> None:
    async with db.transaction() as connection:
        today = await connection.scalar(text("SELECT CAST(now() AT TIME ZONE 'UTC' AS date)"))
    ended = asyncio.Event()
    appended = 0

    async def append_on() -> None:
        nonlocal appended
        while not ended.is_set():
            async with db.transaction() as connection:
                await append(connection, [sync_requested() for _ in range(20)])
            appended += 20

    async def keep_on() -> None:
        try:
            for _ in range(10):
                await keep_partitions(db, today)
                for partition in set(await partitions(db)) - {"outbox_default"}:
                    async with db.transaction() as connection:
                        await connection.execute(text(f"ALTER TABLE outbox DETACH PARTITION {partition}"))
                        await connection.execute(text(f"INSERT INTO outbox SELECT * FROM {partition}"))
                        await connection.execute(text(f"DROP TABLE {partition}"))
        finally:
            ended.set()

    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for work in (append_on, append_on, append_on, keep_on):
            group.create_task(work())
    await keep_partitions(db, today)
    async with db.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM outbox")) == appended


async def test_a_partition_that_cannot_be_had_stops_no_other_and_is_had_the_next_time(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.outbox.partitions.LOCK_TIMEOUT", "300ms")
    await keep_partitions(db, DAY)
    later = DAY + timedelta(days=KEEP_DAYS + AHEAD_DAYS + 1)
    async with db.transaction() as reader:
        await reader.execute(text(f"SELECT FROM {name(DAY)}"))
        with capture_logs() as logs:
            await keep_partitions(db, later)
    assert [(entry["event"], entry["partition"]) for entry in logs] == [("outbox.partition_not_kept", name(DAY))]
    made = [name(later + timedelta(days=ahead)) for ahead in range(AHEAD_DAYS + 1)]
    assert await partitions(db) == ["outbox_default", name(DAY), *made]
    await keep_partitions(db, later)
    assert await partitions(db) == ["outbox_default", *made]


async def test_old_marks_are_forgotten_and_others_kept(db: Database) -> None:
    old, new = sync_requested().id, sync_requested().id
    async with db.transaction() as connection:
        assert await inbox.first_time(connection, "kit", old)
        assert await inbox.first_time(connection, "kit", new)
        await connection.execute(
            text("UPDATE inbox SET received_at = now() - make_interval(days => :days) WHERE event_id = :id"),
            {"days": inbox.KEEP_DAYS + 1, "id": old},
        )
    assert await forget_old(db, {}) == {"inbox": 1}
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
