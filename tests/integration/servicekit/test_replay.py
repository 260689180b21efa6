"""A replay: what the log holds, to one consumer, once more, whatever happens on the way."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import pytest
from aio_pika.abc import AbstractChannel
from contracts.envelope import Event, Origin
from contracts.registry import parse_event
from contracts.topics import QUEUES, REPORTER_ORDERS_BACKFILL, REPORTER_STOCKS_BACKFILL
from servicekit import event_log, outbox
from servicekit.db import Database
from servicekit.replay import replayer, table
from servicekit.replay.plan import make_plan
from servicekit.replay.renewal import id_within
from servicekit.replay.selection import select
from servicekit.replay.table import Replay, State
from sqlalchemy import text
from support.driver_faults import Killed, killed, stepping
from support.event_logs import log_events
from support.events import sync_requested
from support.eventually import eventually
from support.reporting import a_stock, an_order, cabinet_disconnected, orders_updated, stocks_updated
from support.rows import all_rows

ORDERS, STOCKS = "orders.updated.v1", "stocks.updated.v1"
CABINETS = sorted(uuid4() for _ in range(3))
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
async def logs(ingestor_db: Database, gateway_db: Database) -> dict[str, Database]:
    return {"ingestor": ingestor_db, "gateway": gateway_db}


@pytest.fixture
async def events(logs: dict[str, Database]) -> list[Event[Any]]:
    """Orders and stocks of three cabinets on three days, some in one transaction; and what no replay is of."""
    made: list[Event[Any]] = []
    for n, cabinet_id in enumerate(CABINETS):
        for day in range(3):
            batch: list[Event[Any]] = [
                orders_updated(cabinet_id, an_order(cabinet_id, f"{n}{day}{i}"), origin=origin)
                for i, origin in enumerate((Origin.LIVE, Origin.BACKFILL))
            ]
            batch.append(stocks_updated(cabinet_id, a_stock(day, revision=day + 1)))
            await log_events(logs, *batch, at=FIRST + timedelta(days=day))
            made += batch
        await log_events(logs, sync_requested(cabinet_id), cabinet_disconnected(cabinet_id))
    return made


async def begin(database: Database, *, rate: float | None = None, **what: Any) -> UUID:
    """A replay that is noted, and nothing sent."""
    selection = select("reporter", **{"until": datetime(2026, 12, 31, tzinfo=UTC), **what})
    plan = await make_plan(database, selection)
    replay_id = uuid4()
    async with database.transaction() as connection:
        await table.add(connection, replay_id, selection, requested_by="me", events=plan.events, events_per_second=rate)
    return replay_id


async def take(amqp: AbstractChannel, name: str) -> list[Event[Any]]:
    """Everything in a queue."""
    queue, found = await amqp.get_queue(name, ensure=False), []
    while (message := await queue.get(fail=False)) is not None:
        event = parse_event(message.body)
        assert (message.message_id, message.type) == (str(event.id), event.type)
        assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
        found.append(event)
        await message.ack()
    return found


async def everything(amqp: AbstractChannel) -> dict[str, list[Event[Any]]]:
    """What lies in any queue of the platform."""
    found = {queue.name: await take(amqp, queue.name) for queue in QUEUES}
    return {name: events for name, events in found.items() if events}


def as_replayed(events: Sequence[Event[Any]], replay_id: UUID) -> list[Event[Any]]:
    return sorted(
        (
            event.model_copy(
                update={"id": id_within(replay_id, event.id), "origin": Origin.REPLAY, "replayid": replay_id}
            )
            for event in events
        ),
        key=lambda event: event.id,
    )


def by_id(events: Sequence[Event[Any]]) -> list[Event[Any]]:
    return sorted(events, key=lambda event: event.id)


async def row(database: Database) -> dict[str, Any]:
    [found] = await all_rows(database, "replays")
    return found


async def test_everything_is_sent_once_to_the_consumers_own_queues_and_to_no_other(
    reporter_db: Database, events: list[Event[Any]], vhost: str, amqp: AbstractChannel
) -> None:
    replay_id = await begin(reporter_db)
    told: list[Replay] = []
    ended = await replayer.run(reporter_db, vhost, replay_id, told.append)
    assert (ended.state, ended.sent, ended.events) == (State.DONE, 27, 27)
    assert told[-1].sent == 27
    found = await everything(amqp)
    assert found.keys() == {REPORTER_ORDERS_BACKFILL.name, REPORTER_STOCKS_BACKFILL.name}
    assert by_id([each for some in found.values() for each in some]) == as_replayed(events, replay_id)
    # In the log's order: cabinet by cabinet, oldest first.
    sent = [id_within(replay_id, each.id) for each in events if each.type == STOCKS]
    assert [each.id for each in found[REPORTER_STOCKS_BACKFILL.name]] == sent


async def test_another_consumer_that_listens_to_replays_gets_nothing_of_it(
    reporter_db: Database, events: list[Event[Any]], vhost: str, amqp: AbstractChannel
) -> None:
    other = await amqp.declare_queue(exclusive=True)
    await other.bind("pulse.events", "#")
    await replayer.run(reporter_db, vhost, await begin(reporter_db))
    assert await other.get(fail=False) is None


async def test_it_is_recorded_who_asked_for_what_and_when(
    reporter_db: Database, events: list[Event[Any]], vhost: str, amqp: AbstractChannel
) -> None:
    replay_id = await begin(reporter_db, types=[ORDERS], cabinet_ids=CABINETS[1:], rate=1000.0)
    await replayer.run(reporter_db, vhost, replay_id)
    found = await row(reporter_db)
    assert found["replay_id"] == replay_id
    assert (found["requested_by"], found["consumer"], found["state"]) == ("me", "reporter", "done")
    assert (found["types"], found["cabinet_ids"]) == ([ORDERS], CABINETS[1:])
    assert (found["events"], found["sent"], found["events_per_second"]) == (12, 12, 1000)
    assert found["requested_at"] <= found["sent_at"] <= found["ended_at"]


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ({"types": [STOCKS]}, lambda event, day: event.type == STOCKS),
        ({"cabinet_ids": [CABINETS[1]]}, lambda event, day: event.cabinetid == CABINETS[1]),
        ({"since": FIRST + timedelta(days=1)}, lambda event, day: day >= 1),
        ({"until": FIRST + timedelta(days=1)}, lambda event, day: day < 1),
        ({"since": FIRST + timedelta(hours=1), "until": FIRST + timedelta(days=2)}, lambda event, day: day == 1),
        ({"cabinet_ids": [uuid4()]}, lambda event, day: False),
    ],
)
async def test_what_was_not_asked_for_is_not_sent(
    reporter_db: Database,
    events: list[Event[Any]],
    vhost: str,
    amqp: AbstractChannel,
    what: dict[str, Any],
    wanted: Any,
) -> None:
    expected = [event for n, event in enumerate(events) if wanted(event, n % 9 // 3)]
    plan = await make_plan(reporter_db, select("reporter", **what))
    replay_id = await begin(reporter_db, **what)
    ended = await replayer.run(reporter_db, vhost, replay_id)
    sent = [each for some in (await everything(amqp)).values() for each in some]
    assert by_id(sent) == as_replayed(expected, replay_id)
    assert plan.events == ended.events == ended.sent == len(expected)
    assert plan.cabinets == len({event.cabinetid for event in expected})
    assert plan.bytes == sum(len(event.model_dump_json().encode()) for event in expected)


async def test_the_plan_counts_by_type_and_day(reporter_db: Database, events: list[Event[Any]]) -> None:
    plan = await make_plan(reporter_db, select("reporter"))
    days = [(FIRST + timedelta(days=day)).date() for day in range(3)]
    expected = {(ORDERS, day): 6 for day in days} | {(STOCKS, day): 3 for day in days}
    assert dict(plan.by_type_and_day) == expected


class TestKills:
    async def test_killed_at_any_step_and_resumed_nothing_is_missing(
        self,
        reporter_db: Database,
        events: list[Event[Any]],
        vhost: str,
        amqp: AbstractChannel,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 4)
        steps = await self._steps_of_one(reporter_db, vhost)
        await everything(amqp)
        assert len(steps) > 30
        repeated = 0
        for number in range(1, len(steps) + 1):
            replay_id = await begin(reporter_db)
            async with stepping(reporter_db) as stepper:
                stepper.at(killed, number)
                with pytest.raises(Killed):
                    await replayer.run(reporter_db, vhost, replay_id)
            ended = await replayer.run(reporter_db, vhost, replay_id)
            sent = [each for some in (await everything(amqp)).values() for each in some]
            distinct = {each.id: each for each in sent}
            assert by_id(list(distinct.values())) == as_replayed(events, replay_id), steps[number - 1]
            assert (ended.state, ended.sent) == (State.DONE, len(events))
            repeated += len(sent) - len(distinct)
        assert repeated > 0

    async def _steps_of_one(self, database: Database, vhost: str) -> list[str]:
        replay_id = await begin(database)
        async with stepping(database) as stepper:
            stepper.arm(killed, lambda _: False)
            await replayer.run(database, vhost, replay_id)
            return list(stepper.passed)

    async def test_a_connection_that_the_database_ends_ends_the_command_and_it_can_be_resumed(
        self, reporter_db: Database, events: list[Event[Any]], vhost: str, amqp: AbstractChannel
    ) -> None:
        replay_id = await begin(reporter_db)

        async def lose(connection: asyncpg.Connection) -> None:
            connection.terminate()

        async with stepping(reporter_db) as stepper:
            stepper.arm(lose, lambda step: step.startswith("UPDATE replays SET sent"))
            with pytest.raises(Exception, match=r"connection|closed"):
                await replayer.run(reporter_db, vhost, replay_id)
        assert (await replayer.run(reporter_db, vhost, replay_id)).sent == len(events)

    async def test_two_that_run_at_once_take_turns(
        self,
        reporter_db: Database,
        events: list[Event[Any]],
        vhost: str,
        amqp: AbstractChannel,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 2)
        replay_id = await begin(reporter_db)
        both = await asyncio.gather(*(replayer.run(reporter_db, vhost, replay_id) for _ in range(2)))
        assert {each.state for each in both} == {State.DONE}
        sent = [each for some in (await everything(amqp)).values() for each in some]
        assert by_id(sent) == as_replayed(events, replay_id)


def Steps_advancing(name: str) -> bool:
    return name.startswith("UPDATE replays SET sent")


class TestBroker:
    async def test_a_broker_that_is_away_is_tried_again(
        self,
        reporter_db: Database,
        events: list[Event[Any]],
        vhost: str,
        amqp: AbstractChannel,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "RETRY_SECONDS", 0.01)
        away = 3
        connect = aio_pika.connect

        async def refuse(*arguments: Any, **options: Any) -> Any:
            nonlocal away
            away -= 1
            if away >= 0:
                raise ConnectionError("no broker")
            return await connect(*arguments, **options)

        monkeypatch.setattr(aio_pika, "connect", refuse)
        ended = await replayer.run(reporter_db, vhost, await begin(reporter_db))
        assert (ended.state, ended.sent) == (State.DONE, len(events))

    async def test_one_that_stays_away_ends_it_and_it_can_be_resumed(
        self, reporter_db: Database, events: list[Event[Any]], vhost: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(replayer, "RETRY_SECONDS", 0.01)
        monkeypatch.setattr(replayer, "RETRIES", 2)
        replay_id = await begin(reporter_db)
        with pytest.raises(OSError, match="Connect"):
            await replayer.run(reporter_db, "amqp://127.0.0.1:1/", replay_id)
        assert (await row(reporter_db))["sent"] == 0
        assert (await replayer.run(reporter_db, vhost, replay_id)).sent == len(events)

    async def test_a_full_queue_is_waited_for_and_it_can_be_stopped_meanwhile(
        self,
        reporter_db: Database,
        events: list[Event[Any]],
        vhost: str,
        amqp: AbstractChannel,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 3)
        monkeypatch.setattr(replayer, "MAX_WAITING", 4)
        monkeypatch.setattr(replayer, "LOOK_SECONDS", 0.01)
        replay_id = await begin(reporter_db)
        looks = 0

        def told(_: Replay) -> None:
            nonlocal looks
            looks += 1

        running = asyncio.create_task(replayer.run(reporter_db, vhost, replay_id, told))
        await eventually(lambda: looks > 20)
        stood = (await row(reporter_db))["sent"]
        assert 4 <= stood < len(events)
        async with reporter_db.transaction() as connection:
            assert await table.turn(connection, replay_id, State.STOPPED)
        stopped = await running
        assert (stopped.state, stopped.sent) == (State.STOPPED, stood)
        assert (await row(reporter_db))["ended_at"] is not None
        sent = [each for some in (await everything(amqp)).values() for each in some]
        monkeypatch.setattr(replayer, "MAX_WAITING", 1000)
        async with reporter_db.transaction() as connection:
            assert await table.turn(connection, replay_id, State.RUNNING)
        await replayer.run(reporter_db, vhost, replay_id)
        sent += [each for some in (await everything(amqp)).values() for each in some]
        assert by_id(sent) == as_replayed(events, replay_id)
        async with reporter_db.transaction() as connection:
            assert not await table.turn(connection, replay_id, State.STOPPED)

    async def test_a_stopped_one_sends_nothing(
        self, reporter_db: Database, events: list[Event[Any]], vhost: str, amqp: AbstractChannel
    ) -> None:
        replay_id = await begin(reporter_db)
        async with reporter_db.transaction() as connection:
            await table.turn(connection, replay_id, State.STOPPED)
        assert (await replayer.run(reporter_db, vhost, replay_id)).sent == 0
        assert await everything(amqp) == {}

    async def test_one_that_does_not_exist_is_said(self, reporter_db: Database, vhost: str) -> None:
        with pytest.raises(LookupError, match="there is no replay"):
            await replayer.run(reporter_db, vhost, uuid4())


class TestLog:
    async def test_a_page_is_bounded_in_events_and_bytes_and_a_larger_event_goes_alone(
        self, reporter_db: Database, events: list[Event[Any]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def pages(limit: int) -> list[list[UUID]]:
            found, after = [], None
            async with reporter_db.transaction() as connection:
                while page := await event_log.page(
                    connection, "ingestor", CABINETS[0], [ORDERS, STOCKS], after=after, limit=limit
                ):
                    found.append([each.id for each in page])
                    after = event_log.Position(page[-1].created_at, page[-1].id)
            return found

        ids = [event.id for event in events if event.cabinetid == CABINETS[0]]
        by_four = await pages(4)
        assert [len(each) for each in by_four] == [4, 4, 1]
        assert [each for page in by_four for each in page] == ids
        monkeypatch.setattr(event_log, "PAGE_BYTES", 1)
        assert await pages(4) == [[each] for each in ids]

    async def test_a_page_is_read_by_the_key_whatever_lies_there(
        self, reporter_db: Database, ingestor_db: Database
    ) -> None:
        async with ingestor_db.transaction() as connection:
            await connection.execute(
                text("""
                    INSERT INTO outbox (cabinet_id, created_at, id, type, origin, body, sent_at)
                    SELECT CAST(lpad(to_hex(n % 50), 32, '0') AS uuid), now() - make_interval(mins => n),
                        gen_random_uuid(), 'orders.updated.v1', 'live', CAST('' AS bytea), now()
                    FROM generate_series(1, 20000) AS n
                """)
            )
            await connection.execute(text("ANALYZE outbox"))
        values = {
            "cabinet_id": UUID(int=7), "types": [ORDERS], "since": FIRST, "until": None, "after_id": uuid4(),
            "limit": 200, "bytes": 10**6,
        }  # fmt: skip
        statement = event_log._PAGE.format(log="ingestor_published.event_log")
        async with reporter_db.transaction() as connection:
            await connection.execute(event_log._SHOW, {"cabinet_id": str(UUID(int=7))})
            plan = "\n".join((await connection.execute(text(f"EXPLAIN {statement}"), values)).scalars())
        assert "Seq Scan" not in plan, plan
        assert "outbox_default_pkey" in plan, plan

    async def test_others_see_only_the_cabinets_that_they_name_and_no_token(
        self, reporter_db: Database, logs: dict[str, Database], events: list[Event[Any]]
    ) -> None:
        async with logs["gateway"].transaction() as connection:
            await connection.execute(text("UPDATE outbox SET type = 'cabinet.connected.v1' WHERE type LIKE 'sync%'"))
        async with reporter_db.transaction() as connection:
            for publisher in logs:
                found = await connection.scalar(text(f"SELECT count(*) FROM {publisher}_published.event_log"))
                assert found == 0
            assert await event_log.cabinets(connection, logs) == CABINETS
            every = [ORDERS, "cabinet.connected.v1", "cabinet.disconnected.v1"]
            seen = await event_log.page(connection, "gateway", CABINETS[0], every)
            assert [each.type for each in seen] == ["cabinet.disconnected.v1"]
            assert await event_log.begins_at(connection, "ingestor", CABINETS[0], every) == FIRST
            assert await event_log.begins_at(connection, "ingestor", uuid4(), every) is None
            with pytest.raises(Exception, match="permission denied"):
                await connection.execute(text("SELECT * FROM ingestor.outbox"))

    async def test_what_an_open_transaction_writes_comes_after_the_horizon(
        self, reporter_db: Database, ingestor_db: Database
    ) -> None:
        cabinet_id = uuid4()
        async with ingestor_db.transaction() as writing:
            began = await writing.scalar(text("SELECT now()"))
            await asyncio.sleep(0.05)
            async with reporter_db.transaction() as connection:
                horizon = await event_log.horizon(connection, ["gateway", "ingestor"])
            assert horizon < began
            await outbox.append(writing, [orders_updated(cabinet_id, an_order(cabinet_id))])
        async with reporter_db.transaction() as connection:
            found = await event_log.page(connection, "ingestor", cabinet_id, [ORDERS], since=horizon)
            assert [each.created_at for each in found] == [began]
