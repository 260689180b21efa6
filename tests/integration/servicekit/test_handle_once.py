"""The transaction and the inbox around every handler: its effect and the mark together, and only the first time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from contracts.envelope import Event
from contracts.registry import UnreadableEvent
from contracts.syncs import SyncRequestedV1
from contracts.topics import GATEWAY_SYNCS, INGESTOR_SYNCS
from servicekit.consume import handle_once
from servicekit.db import Database
from servicekit.settings import CONSUMER_CONNECTIONS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually

QUEUE = INGESTOR_SYNCS


async def record(connection: AsyncConnection, event: Event[Any]) -> str:
    await connection.execute(text("INSERT INTO effects VALUES (:id)"), {"id": event.id})
    return "recorded"


async def effects(db: Database) -> int:
    async with db.transaction() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM effects")) or 0)


async def marks(db: Database) -> int:
    async with db.transaction() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM inbox")) or 0)


async def test_a_handler_is_called_the_first_time_only(db: Database) -> None:
    event = sync_requested()
    assert await handle_once(db, QUEUE, {SyncRequestedV1: record}, event) == "recorded"
    assert await handle_once(db, QUEUE, {SyncRequestedV1: record}, event) is None
    assert await effects(db) == 1


async def test_deliveries_at_the_same_time_have_one_effect(db: Database) -> None:
    event = sync_requested()
    answers = await asyncio.gather(*(handle_once(db, QUEUE, {SyncRequestedV1: record}, event) for _ in range(5)))
    assert sorted(map(str, answers)) == ["None"] * 4 + ["recorded"]
    assert await effects(db) == 1


async def test_handlers_that_are_slow_leave_connections_to_the_rest_and_none_gives_up_waiting(db: Database) -> None:
    started, go_on = 0, asyncio.Event()

    async def wait(connection: AsyncConnection, event: Event[Any]) -> str:
        nonlocal started
        started += 1
        await go_on.wait()
        return await record(connection, event)

    handlers = [
        asyncio.create_task(handle_once(db, QUEUE, {SyncRequestedV1: wait}, sync_requested()))
        for _ in range(2 * CONSUMER_CONNECTIONS)
    ]
    await eventually(lambda: started == CONSUMER_CONNECTIONS)
    assert await effects(db) == 0, "there is a connection to look with"
    go_on.set()
    await asyncio.gather(*handlers)
    assert await effects(db) == 2 * CONSUMER_CONNECTIONS


async def test_two_consumers_of_one_event_each_handle_it(db: Database) -> None:
    event = sync_requested()
    for queue in (QUEUE, GATEWAY_SYNCS):
        await handle_once(db, queue, {SyncRequestedV1: record}, event)
    assert await effects(db) == 2


async def test_a_handler_that_fails_leaves_neither_effect_nor_mark(db: Database) -> None:
    async def fail(connection: AsyncConnection, event: Event[Any]) -> None:
        await record(connection, event)
        raise ZeroDivisionError

    event = sync_requested()
    with pytest.raises(ZeroDivisionError):
        await handle_once(db, QUEUE, {SyncRequestedV1: fail}, event)
    assert (await effects(db), await marks(db)) == (0, 0)
    assert await handle_once(db, QUEUE, {SyncRequestedV1: record}, event) == "recorded"


async def test_the_lock_is_held_around_the_transaction_and_what_follows_the_commit_is_told_every_time(
    db: Database,
) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lock(_: Event[Any]) -> AsyncIterator[None]:
        steps.append("locked")
        yield
        steps.append(f"free, {await effects(db)} committed")

    async def after(_: Event[Any], result: object) -> None:
        steps.append(f"after: {result}")

    event = sync_requested()
    for _ in range(2):
        await handle_once(db, QUEUE, {SyncRequestedV1: record}, event, lock=lock, after_commit=after)
    once = ["locked", "free, 1 committed"]
    assert steps == [*once, "after: recorded", *once, "after: None"]


async def test_an_event_without_a_handler_is_not_marked(db: Database) -> None:
    with pytest.raises(UnreadableEvent, match=r"no handler for sync\.requested\.v1"):
        await handle_once(db, QUEUE, {}, sync_requested())
    assert await marks(db) == 0
