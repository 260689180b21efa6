"""Data that stopped coming are told once, and once more when they come again."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from ingestor.jobs import data_delays
from ingestor.jobs.data_delays import EVERY_SECONDS, GRACE, watch
from servicekit.db import Database
from sqlalchemy import text
from support.outbox_rows import published
from support.rows import rows
from support.sync_states import keep

START = datetime(2028, 2, 29, 23, 50, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """The database's clock, which a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


Watching = Callable[[timedelta], Awaitable[None]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watching(ingestor_db: Database, clock: Clock) -> Watching:
    """Look every minute for so long, as the service does."""
    look = watch(ingestor_db, clock)

    async def pass_time(length: timedelta) -> None:
        end = clock.now + length
        while clock.now < end:
            clock.now += timedelta(seconds=EVERY_SECONDS)
            await look()

    return pass_time


async def read(
    database: Database, cabinet_id: UUID, resource: str, at: datetime, late: timedelta, **state: Any
) -> None:
    """A resource was read to its end at a moment, and is late after a while."""
    async with database.transaction() as connection:
        await connection.execute(
            text("DELETE FROM sync_state WHERE (cabinet_id, resource) = (:c, :r)"), {"c": cabinet_id, "r": resource}
        )
    await keep(database, cabinet_id, resource, last_success_at=at, late_at=at + late, first_load_done=True, **state)


async def told(database: Database) -> list[tuple[str, list[str]]]:
    return [
        (event.type.removesuffix(".v1"), [each.resource for each in event.data.resources])
        for event in await published(database)
    ]


async def test_orders_that_stop_are_told_once_and_once_more_when_they_come_again(
    ingestor_db: Database, clock: Clock, watching: Watching
) -> None:
    cabinet_id = uuid4()
    await read(
        ingestor_db, cabinet_id, "orders", START + GRACE, 15 * MINUTE, failures=7, last_error="503: an HTML page"
    )
    await watching(GRACE + 14 * MINUTE)
    assert await told(ingestor_db) == []
    await watching(30 * MINUTE)
    assert await told(ingestor_db) == [("data.delayed", ["orders"])]
    await read(ingestor_db, cabinet_id, "orders", clock.now, 15 * MINUTE)
    await watching(10 * MINUTE)
    assert await told(ingestor_db) == [("data.delayed", ["orders"]), ("data.recovered", ["orders"])]
    delayed, recovered = await published(ingestor_db)
    assert delayed.cabinetid == cabinet_id
    assert (delayed.data.resources[0].last_success_at, delayed.data.resources[0].reason) == (
        START + GRACE,
        "503: an HTML page",
    )
    assert recovered.data.resources[0].delayed_since == START + GRACE


async def test_one_message_holds_all_that_is_late_but_orders_have_their_own(
    ingestor_db: Database, watching: Watching
) -> None:
    cabinet_id = uuid4()
    for resource in ("stocks", "orders", "prices"):
        await read(ingestor_db, cabinet_id, resource, START, 10 * MINUTE)
    await watching(GRACE + 5 * MINUTE)
    assert sorted(await told(ingestor_db)) == [("data.delayed", ["orders"]), ("data.delayed", ["prices", "stocks"])]


async def test_what_fails_as_well_is_told_with_the_first_that_is_late_and_not_one_after_another(
    ingestor_db: Database, clock: Clock, watching: Watching
) -> None:
    cabinet_id = uuid4()
    for n, resource in enumerate(("prices", "stocks", "products", "feedbacks", "orders")):
        await read(ingestor_db, cabinet_id, resource, START, (120 + 7 * n) * MINUTE, failures=9)
    await read(ingestor_db, cabinet_id, "questions", START, 500 * MINUTE)
    await keep(ingestor_db, cabinet_id, "finance", failures=9)
    await watching(200 * MINUTE)
    everything = ["feedbacks", "prices", "products", "stocks"]
    assert await told(ingestor_db) == [("data.delayed", everything), ("data.delayed", ["orders"])]
    for resource in everything:
        await read(ingestor_db, cabinet_id, resource, clock.now, 120 * MINUTE)
    await watching(5 * MINUTE)
    assert (await told(ingestor_db))[2:] == [("data.recovered", everything)]


async def test_what_comes_again_one_after_another_is_told_together_and_waits_for_no_more_than_ten_minutes(
    ingestor_db: Database, clock: Clock, watching: Watching
) -> None:
    cabinet_id = uuid4()
    late = ("prices", "stocks", "products", "orders")
    for resource in late:
        await read(ingestor_db, cabinet_id, resource, START, 10 * MINUTE)
    await watching(GRACE + 5 * MINUTE)
    assert len(await told(ingestor_db)) == 2
    for resource in ("orders", "prices", "stocks"):
        await read(ingestor_db, cabinet_id, resource, clock.now, 500 * MINUTE)
        await watching(2 * MINUTE)
    assert (await told(ingestor_db))[2:] == [("data.recovered", ["orders"])]
    await watching(4 * MINUTE)
    await read(ingestor_db, cabinet_id, "products", clock.now, 500 * MINUTE)
    await watching(MINUTE)
    assert (await told(ingestor_db))[3:] == [("data.recovered", ["prices", "products", "stocks"])]
    for resource in ("prices", "stocks"):
        await read(ingestor_db, cabinet_id, resource, START, 10 * MINUTE)
    await watching(MINUTE)
    await read(ingestor_db, cabinet_id, "stocks", clock.now, 500 * MINUTE)
    await watching(9 * MINUTE)
    assert len(await told(ingestor_db)) == 5, "the delay, and not yet its end"
    await watching(3 * MINUTE)
    assert (await told(ingestor_db))[5:] == [("data.recovered", ["stocks"])]


async def test_a_source_is_late_only_if_what_stands_in_for_it_is_too(
    ingestor_db: Database, clock: Clock, watching: Watching
) -> None:
    cabinet_id = uuid4()
    await read(ingestor_db, cabinet_id, "orders", START, 10 * MINUTE)
    await read(ingestor_db, cabinet_id, "order_feed", START, 40 * MINUTE)
    await watching(38 * MINUTE)
    assert await told(ingestor_db) == []
    await watching(10 * MINUTE)
    await read(ingestor_db, cabinet_id, "order_feed", clock.now, 40 * MINUTE)
    await watching(5 * MINUTE)
    assert await told(ingestor_db) == [("data.delayed", ["orders"]), ("data.recovered", ["orders"])]


async def test_what_stood_still_with_pulse_itself_is_given_time_to_catch_up(
    ingestor_db: Database, clock: Clock, watching: Watching
) -> None:
    cabinet_id = uuid4()
    await read(ingestor_db, cabinet_id, "orders", START, 15 * MINUTE)
    await watching(10 * MINUTE)
    clock.now += timedelta(hours=3)  # the process, or its database, was away
    await watching(GRACE - 2 * MINUTE)
    await read(ingestor_db, cabinet_id, "orders", clock.now, 15 * MINUTE)
    await watching(10 * MINUTE)
    assert await told(ingestor_db) == []


async def test_refused_cabinets_and_resources_are_not_late_and_their_delays_are_forgotten(
    ingestor_db: Database, watching: Watching
) -> None:
    suspended, refused = uuid4(), uuid4()
    await read(ingestor_db, refused, "orders", START, MINUTE, suspended_reason="scope_refused")
    await read(ingestor_db, suspended, "orders", START, MINUTE)
    await watching(GRACE + 2 * MINUTE)
    assert await told(ingestor_db) == [("data.delayed", ["orders"])]
    async with ingestor_db.transaction() as connection:
        await connection.execute(text("UPDATE cabinets SET status = 'suspended'"))
    await watching(5 * MINUTE)
    assert await told(ingestor_db) == [("data.delayed", ["orders"])]
    assert await rows(ingestor_db, "SELECT * FROM data_delays") == []


async def test_what_was_never_read_to_its_end_is_not_late(ingestor_db: Database, watching: Watching) -> None:
    await keep(ingestor_db, uuid4(), "orders", failures=3, last_error="503")
    await watching(timedelta(hours=1))
    assert await told(ingestor_db) == []


async def test_several_processes_and_chunks_tell_every_cabinet_once(
    ingestor_db: Database, clock: Clock, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data_delays, "CHUNK", 2)
    cabinets = {uuid4() for _ in range(5)}
    for cabinet_id in cabinets:
        await read(ingestor_db, cabinet_id, "orders", START, 10 * MINUTE)
    other = watch(ingestor_db, clock)
    await other()
    await watching(GRACE + 2 * MINUTE)
    await other()
    for cabinet_id in cabinets:
        await read(ingestor_db, cabinet_id, "orders", clock.now, 10 * MINUTE)
    await watching(2 * MINUTE)
    events = await published(ingestor_db)
    assert len(events) == 10
    for kind in ("data.delayed.v1", "data.recovered.v1"):
        assert {event.cabinetid for event in events if event.type == kind} == cabinets
