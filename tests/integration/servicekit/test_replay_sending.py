"""A service sends by itself the replays that administrators asked for."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from servicekit.db import Database
from servicekit.replay import administration, replayer
from servicekit.replay.selection import select
from servicekit.replay.sending import send_begun
from servicekit.replay.table import State
from sqlalchemy.exc import ProgrammingError
from support.databases import Databases, connect
from support.replaying import Replays
from support.rows import all_rows, execute


@pytest.fixture
async def gateway(databases: Databases, gateway_db: Database) -> Database:
    """The database as the gateway sees it."""
    return gateway_db


async def begin(gateway: Database, **what: Any) -> UUID:
    replay_id = uuid4()
    async with gateway.transaction() as connection:
        await administration.begin(
            connection, replay_id, select("reporter", **what), requested_by="key 7", events_per_second=None
        )
    return replay_id


async def turn(gateway: Database, replay_id: UUID, before: State, after: State) -> bool:
    async with gateway.transaction() as connection:
        return await administration.turn(connection, "reporter", replay_id, before=before, after=after)


async def test_those_that_are_begun_are_counted_and_sent(replays: Replays, gateway: Database) -> None:
    replay_id = await begin(gateway)
    assert await send_begun(replays.database, replays.broker_url) == 1
    row = await replays.row()
    assert (row["replay_id"], row["requested_by"], row["state"]) == (replay_id, "key 7", "done")
    assert (row["events"], row["sent"]) == (27, 27)
    assert await replays.sent() == replays.expected(replay_id)
    assert await send_begun(replays.database, replays.broker_url) == 0


async def test_those_of_commands_and_those_that_were_stopped_are_left_alone(
    replays: Replays, gateway: Database
) -> None:
    await replays.begin()
    stopped = await begin(gateway)
    assert await turn(gateway, stopped, State.RUNNING, State.STOPPED)
    assert await send_begun(replays.database, replays.broker_url) == 0
    assert await replays.sent() == []
    assert await turn(gateway, stopped, State.STOPPED, State.RUNNING)
    assert await send_begun(replays.database, replays.broker_url) == 1


async def test_one_whose_process_died_is_gone_on_with(
    replays: Replays, gateway: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay_id = await begin(gateway)
    monkeypatch.setattr(replayer, "PAGE_EVENTS", 4)
    pages = 0

    async def die(database: Database, broker_url: str, found: UUID) -> None:
        def told(_: object) -> None:
            nonlocal pages
            pages += 1
            if pages == 3:
                raise ConnectionError("killed")

        await run(database, broker_url, found, told)

    run = replayer.run
    with monkeypatch.context() as killed:
        killed.setattr(replayer, "run", die)
        with pytest.raises(ConnectionError):
            await send_begun(replays.database, replays.broker_url)
    left = await replays.row()
    assert 0 < left["sent"] < left["events"] == 27
    assert await send_begun(replays.database, replays.broker_url) == 1
    ended = await replays.row()
    assert (ended["state"], ended["sent"], ended["events"]) == ("done", 27, 27)
    assert await replays.sent() == replays.expected(replay_id)


async def test_two_processes_send_one_once(replays: Replays, gateway: Database) -> None:
    replay_id = await begin(gateway)
    other = connect(replays.database.dsn)
    both = await asyncio.gather(*(send_begun(each, replays.broker_url) for each in (replays.database, other)))
    await other.close()
    # Whoever came late found it being sent, or done.
    assert sorted(both) == [0, 1]
    assert await replays.sent() == replays.expected(replay_id)


async def test_states_turn_only_from_what_was_seen(replays: Replays, gateway: Database) -> None:
    replay_id = await begin(gateway, until=datetime(2026, 1, 1, tzinfo=UTC))
    assert not await turn(gateway, replay_id, State.STOPPED, State.RUNNING)
    assert not await turn(gateway, uuid4(), State.RUNNING, State.STOPPED)
    assert not await turn(gateway, replay_id, State.RUNNING, State.DONE)
    await execute(replays.database, "UPDATE replays SET state = 'done'")
    assert not await turn(gateway, replay_id, State.DONE, State.RUNNING)
    assert not await turn(gateway, replay_id, State.RUNNING, State.STOPPED)


async def test_other_services_neither_see_nor_begin_any(
    replays: Replays, databases: Databases, notifier_db: Database, gateway: Database
) -> None:
    await begin(gateway)
    for attempt in (lambda: all_rows(notifier_db, "reporter_admin.replays"), lambda: begin(notifier_db)):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await attempt()
    with pytest.raises(ProgrammingError, match="permission denied"):
        await execute(gateway, "UPDATE reporter_admin.replays SET state = 'done'")
