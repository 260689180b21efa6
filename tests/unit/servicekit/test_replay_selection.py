"""What can be asked for in a replay, and what an event of it is."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event, Origin
from contracts.registry import parse_event
from contracts.topics import NOT_LIVE, QUEUES
from hypothesis import given
from hypothesis import strategies as st
from servicekit.replay.renewal import id_within, renewed
from servicekit.replay.replayer import _Pace
from servicekit.replay.selection import CannotReplay, queues_of, select
from support.reporting import an_order, orders_updated

ORDERS = "orders.updated.v1"


class TestSelection:
    def test_the_reporter_is_given_everything_on_its_queues_for_what_is_not_live(self) -> None:
        queues = {queue.name: queue for queue in QUEUES}
        assert set(queues_of("reporter")) == set(select("reporter").types)
        for event_type, name in queues_of("reporter").items():
            assert queues[name].service == "reporter"
            assert queues[name].origins == NOT_LIVE
            assert event_type in {event.TYPE for event in queues[name].events}

    def test_nobody_who_tells_people_can_be_given_one(self) -> None:
        assert queues_of("notifier") == {}
        with pytest.raises(CannotReplay, match="notifier takes no replays; reporter can be given one"):
            select("notifier")

    @pytest.mark.parametrize(
        ("consumer", "types", "said"),
        [
            ("nobody", [], "there is no service 'nobody'; reporter can be given a replay"),
            ("reporter", ["orders"], "there is no event type 'orders'; reporter takes .*orders.updated.v1"),
            ("reporter", ["sync.failed.v1"], "reporter takes no replay of sync.failed.v1; it takes "),
        ],
    )
    def test_what_does_not_exist_is_refused_with_what_does(self, consumer: str, types: list[str], said: str) -> None:
        with pytest.raises(CannotReplay, match=said):
            select(consumer, types=types)

    def test_an_empty_time_is_refused(self) -> None:
        moment = datetime(2026, 11, 1, tzinfo=UTC)
        with pytest.raises(CannotReplay, match="nothing lies between"):
            select("reporter", since=moment, until=moment)

    def test_what_is_named_twice_is_taken_once(self) -> None:
        cabinet = uuid4()
        chosen = select("reporter", types=[ORDERS, ORDERS], cabinet_ids=[cabinet, cabinet])
        assert (chosen.types, chosen.cabinet_ids) == ((ORDERS,), (cabinet,))


class TestRenewal:
    @given(srid=st.text(), event_id=st.uuids(), replay_id=st.uuids())
    def test_all_but_the_id_the_origin_and_the_replay_is_kept(self, srid: str, event_id: UUID, replay_id: UUID) -> None:
        cabinet = uuid4()
        cause = orders_updated(cabinet, an_order(cabinet))
        made = orders_updated(cabinet, an_order(cabinet, f'{srid},"data":', g_number=srid))
        changes = {"id": event_id, "subject": f'{srid},"data":{{', "causationid": cause.id}
        logged: Event[Any] = made.model_copy(update=changes)
        body = logged.model_dump_json().encode()
        new_id, sent = renewed(body, event_id, replay_id)
        changes = {"id": new_id, "origin": Origin.REPLAY, "replayid": replay_id}
        assert parse_event(sent) == logged.model_copy(update=changes)
        assert sent.endswith(body[body.index(b'"orders":[') :])

    @given(event_id=st.uuids(version=4), others=st.lists(st.uuids(), min_size=2, max_size=2, unique=True))
    def test_within_a_replay_an_event_always_has_the_same_id(self, event_id: UUID, others: list[UUID]) -> None:
        first, second = (id_within(replay, event_id) for replay in others)
        assert len({first, second, event_id}) == 3
        assert first == id_within(others[0], event_id)
        assert first.version == 7
        assert first.variant == event_id.variant
        assert first.bytes[:6] == event_id.bytes[:6]

    def test_a_body_without_data_is_refused(self) -> None:
        with pytest.raises(ValueError, match="has no data"):
            renewed(b"{}", uuid4(), uuid4())


class TestPace:
    async def test_so_many_events_a_second(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now, asked = 100.0, 0.0

        async def sleep(seconds: float) -> None:
            nonlocal now, asked
            now += seconds
            asked += seconds

        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
        monkeypatch.setattr(asyncio, "sleep", sleep)
        pace = _Pace(20.0)
        for _ in range(10):
            await pace.after(20)
            now += 0.5  # sending takes its time as well
        monkeypatch.undo()
        assert pace.page_events == 20
        assert asked == pytest.approx(5.5)
        assert _Pace(0.5).page_events == 1

    async def test_without_a_limit_it_never_waits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pace = _Pace(None)
        monkeypatch.setattr(asyncio, "sleep", None)
        await pace.after(10**6)
        monkeypatch.undo()
