"""A replay: what the log holds, to one consumer, once more, whatever happens on the way."""

import asyncio
from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

import aio_pika
import asyncpg
import pytest
from contracts.topics import REPORTER_ORDERS_BACKFILL, REPORTER_STOCKS_BACKFILL
from servicekit.replay import replayer
from servicekit.replay.plan import make_plan
from servicekit.replay.renewal import id_within
from servicekit.replay.selection import select
from servicekit.replay.table import Replay, State
from support.driver_faults import Killed, killed, stepping
from support.eventually import eventually
from support.replaying import CABINETS, FIRST, ORDERS, STOCKS, Replays, by_id


async def test_everything_is_sent_once_to_the_consumers_own_queues_and_to_no_other(replays: Replays) -> None:
    replay_id = await replays.begin()
    told: list[Replay] = []
    ended = await replays.run(replay_id, told.append)
    assert (ended.state, ended.sent, ended.events) == (State.DONE, 27, 27)
    assert told[-1].sent == 27
    found = await replays.taken()
    assert found.keys() == {REPORTER_ORDERS_BACKFILL.name, REPORTER_STOCKS_BACKFILL.name}
    assert by_id([each for some in found.values() for each in some]) == replays.expected(replay_id)
    # In the log's order: cabinet by cabinet, oldest first.
    sent = [id_within(replay_id, each.id) for each in replays.events if each.type == STOCKS]
    assert [each.id for each in found[REPORTER_STOCKS_BACKFILL.name]] == sent


async def test_another_consumer_that_listens_to_replays_gets_nothing_of_it(replays: Replays) -> None:
    other = await replays.channel.declare_queue(exclusive=True)
    await other.bind("pulse.events", "#")
    await replays.run(await replays.begin())
    assert await other.get(fail=False) is None


async def test_it_is_recorded_who_asked_for_what_and_when(replays: Replays) -> None:
    replay_id = await replays.begin(types=[ORDERS], cabinet_ids=CABINETS[1:], rate=1000.0)
    await replays.run(replay_id)
    found = await replays.row()
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
    replays: Replays,
    what: dict[str, Any],
    wanted: Any,
) -> None:
    expected = [event for n, event in enumerate(replays.events) if wanted(event, n % 9 // 3)]
    plan = await make_plan(replays.database, select("reporter", **what))
    replay_id = await replays.begin(**what)
    ended = await replays.run(replay_id)
    sent = await replays.sent()
    assert sent == replays.expected(replay_id, expected)
    assert plan.events == ended.events == ended.sent == len(expected)
    assert plan.cabinets == len({event.cabinetid for event in expected})
    assert plan.bytes == sum(len(event.model_dump_json().encode()) for event in expected)


async def test_the_plan_counts_by_type_and_day(replays: Replays) -> None:
    plan = await make_plan(replays.database, select("reporter"))
    days = [(FIRST + timedelta(days=day)).date() for day in range(3)]
    expected = {(ORDERS, day): 6 for day in days} | {(STOCKS, day): 3 for day in days}
    assert dict(plan.by_type_and_day) == expected


class TestKills:
    SOME: ClassVar[dict[str, Any]] = {"cabinet_ids": CABINETS[:2], "until": FIRST + timedelta(days=2)}
    """Two pages of each of two cabinets: a kill between any two steps, pages and cabinets is one of these."""

    async def test_killed_at_any_step_and_resumed_nothing_is_missing(
        self,
        replays: Replays,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 4)
        steps = await self._steps_of_one(replays)
        await replays.taken()
        assert len(steps) > 30
        wanted = [each for n, each in enumerate(replays.events) if each.cabinetid in CABINETS[:2] and n % 9 < 6]
        repeated = 0
        for number in range(1, len(steps) + 1):
            replay_id = await replays.begin(**self.SOME)
            async with stepping(replays.database) as stepper:
                stepper.at(killed, number)
                with pytest.raises(Killed):
                    await replays.run(replay_id)
            ended = await replays.run(replay_id)
            sent = await replays.sent()
            distinct = {each.id: each for each in sent}
            assert by_id(list(distinct.values())) == replays.expected(replay_id, wanted), steps[number - 1]
            assert (ended.state, ended.sent) == (State.DONE, len(wanted))
            repeated += len(sent) - len(distinct)
        assert repeated > 0

    async def _steps_of_one(self, replays: Replays) -> list[str]:
        replay_id = await replays.begin(**self.SOME)
        async with stepping(replays.database) as stepper:
            stepper.arm(killed, lambda _: False)
            await replays.run(replay_id)
            return list(stepper.passed)

    async def test_a_connection_that_the_database_ends_ends_the_command_and_it_can_be_resumed(
        self, replays: Replays
    ) -> None:
        replay_id = await replays.begin()

        async def lose(connection: asyncpg.Connection) -> None:
            connection.terminate()

        async with stepping(replays.database) as stepper:
            stepper.arm(lose, lambda step: step.startswith("UPDATE replays SET sent"))
            with pytest.raises(Exception, match=r"connection|closed"):
                await replays.run(replay_id)
        assert (await replays.run(replay_id)).sent == len(replays.events)

    async def test_two_that_run_at_once_take_turns(
        self,
        replays: Replays,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 2)
        replay_id = await replays.begin()
        both = await asyncio.gather(*(replays.run(replay_id) for _ in range(2)))
        assert {each.state for each in both} == {State.DONE}
        sent = await replays.sent()
        assert sent == replays.expected(replay_id)


class TestBroker:
    async def test_a_broker_that_is_away_is_tried_again(
        self,
        replays: Replays,
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
        ended = await replays.run(await replays.begin())
        assert (ended.state, ended.sent) == (State.DONE, len(replays.events))

    async def test_one_that_stays_away_ends_it_and_it_can_be_resumed(
        self, replays: Replays, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(replayer, "RETRY_SECONDS", 0.01)
        monkeypatch.setattr(replayer, "RETRIES", 2)
        replay_id = await replays.begin()
        with pytest.raises(OSError, match="Connect"):
            await replayer.run(replays.database, "amqp://127.0.0.1:1/", replay_id)
        assert (await replays.row())["sent"] == 0
        assert (await replays.run(replay_id)).sent == len(replays.events)

    async def test_a_full_queue_is_waited_for_and_it_can_be_stopped_meanwhile(
        self,
        replays: Replays,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(replayer, "PAGE_EVENTS", 3)
        monkeypatch.setattr(replayer, "MAX_WAITING", 4)
        monkeypatch.setattr(replayer, "LOOK_SECONDS", 0.01)
        replay_id = await replays.begin()
        looks = 0

        def told(_: Replay) -> None:
            nonlocal looks
            looks += 1

        running = asyncio.create_task(replays.run(replay_id, told))
        await eventually(lambda: looks > 20)
        stood = (await replays.row())["sent"]
        assert 4 <= stood < len(replays.events)
        assert await replays.turn(replay_id, State.STOPPED)
        stopped = await running
        assert (stopped.state, stopped.sent) == (State.STOPPED, stood)
        assert (await replays.row())["ended_at"] is not None
        sent = await replays.sent()
        monkeypatch.setattr(replayer, "MAX_WAITING", 1000)
        assert await replays.turn(replay_id, State.RUNNING)
        await replays.run(replay_id)
        sent += await replays.sent()
        assert by_id(sent) == replays.expected(replay_id)
        assert not await replays.turn(replay_id, State.STOPPED)

    async def test_a_stopped_one_sends_nothing(self, replays: Replays) -> None:
        replay_id = await replays.begin()
        await replays.turn(replay_id, State.STOPPED)
        assert (await replays.run(replay_id)).sent == 0
        assert await replays.taken() == {}

    async def test_one_that_does_not_exist_is_said(self, replays: Replays) -> None:
        with pytest.raises(LookupError, match="there is no replay"):
            await replays.run(uuid4())
