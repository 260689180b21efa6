"""What becomes of what is due to one receiver."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from contracts.notification_settings import NotificationSettings, SettingsRule
from hypothesis import given
from hypothesis import strategies as st
from notifier.deliveries.judge import Judged, judge, together
from notifier.deliveries.model import Delivery, Living, Target
from support.notifying import delivery, reported

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORDER = reported()
LIVING = Living("5", has_photo=False, sent_at=NOW - timedelta(hours=3), newest_at=NOW - timedelta(hours=2))

threads = st.sampled_from([None, "order/a", "order/b"])
kinds = st.sampled_from(["order_new", "order_cancelled", "order_bought", "order_priced", "cabinet_suspended"])


def told(minutes_ago: int = 1, **fields: Any) -> Delivery:
    at = NOW - timedelta(minutes=minutes_ago)
    return delivery(ORDER, **{"telegram_id": 7, "created_at": at, "waiting": 1, **fields})


@st.composite
def due(draw: st.DrawFn) -> list[Delivery]:
    """Deliveries of one chat, in threads that have a message or have none."""
    has_message = {thread: draw(st.booleans()) for thread in ("order/a", "order/b")}
    cabinet = told().cabinet_id
    found = []
    for at in range(draw(st.integers(1, 8))):
        thread = draw(threads)
        living = LIVING if thread is not None and has_message[thread] else None
        found.append(
            told(
                draw(st.integers(1, 300)) + at,
                cabinet_id=cabinet,
                thread=thread,
                living=living,
                only_edits=thread is not None and draw(st.booleans()),
                kind=draw(kinds),
                waiting=draw(st.sampled_from([1, 50])),
                blocked_seconds=draw(st.sampled_from([None, None, None, 1.0])) if thread else None,
            )
        )
    return found


def ends(judged: Judged) -> list[Any]:
    """Every delivery as often as something became of it."""
    carriers = [*judged.go, *judged.together]
    return [
        *(each.key for carrier in carriers for each in (carrier, *carrier.merged)),
        *(each.key for each in judged.dropped),
        *(late.delivery.key for late in judged.put_off),
    ]


@given(due())
def test_one_thing_becomes_of_each_and_a_thread_speaks_once(deliveries: list[Delivery]) -> None:
    judged = judge(deliveries, NOW)
    assert sorted(ends(judged)) == sorted(each.key for each in deliveries)
    spoken = [each.thread for each in (*judged.go, *judged.together) if each.thread is not None]
    assert len(spoken) == len(set(spoken))
    for carrier in (*judged.go, *judged.together):
        newer = [each for each in carrier.merged if each.created_at > carrier.created_at]
        assert newer == []
        # What only completes a message is never sent as one.
        assert carrier.living is not None or not carrier.only_edits
    assert all(each.reason for each in judged.dropped)


@given(due())
def test_what_is_critical_goes_first_and_never_with_others(deliveries: list[Delivery]) -> None:
    judged = judge([replace(each, is_critical=each.kind == "cabinet_suspended") for each in deliveries], NOW)
    firsts = [each.is_critical for each in judged.go]
    assert firsts == sorted(firsts, reverse=True)
    assert all(each.kind != "cabinet_suspended" for each in judged.together)


def test_the_newest_state_is_told_as_what_was_to_be_told() -> None:
    new = told(9, thread="order/a")
    priced = told(5, thread="order/a", only_edits=True, kind="order_priced", cabinet_id=new.cabinet_id)
    [carrier] = judge([new, priced], NOW).go
    assert (carrier.id, carrier.kind, carrier.only_edits) == (priced.id, "order_new", False)
    assert [each.id for each in carrier.merged] == [new.id]


def test_what_is_not_wanted_does_not_speak_for_what_is() -> None:
    settings = NotificationSettings(rules=(SettingsRule(kind="order_cancelled", is_on=False),))
    new = told(9, thread="order/a", settings=settings)
    cancelled = told(5, thread="order/a", kind="order_cancelled", settings=settings, cabinet_id=new.cabinet_id)
    judged = judge([new, cancelled], NOW)
    assert [(each.id, each.merged) for each in judged.go] == [(new.id, ())]
    assert [(each.id, each.reason) for each in judged.dropped] == [(cancelled.id, "off:kind")]


def test_an_edit_goes_by_itself_however_much_waits() -> None:
    judged = judge([told(1, thread="order/a", living=LIVING, kind="order_cancelled", waiting=50)], NOW)
    assert len(judged.go) == 1
    assert judged.together == []


def test_programs_are_asked_nothing() -> None:
    of_program = replace(told(), telegram_id=None, channel="webhook")
    assert judge([of_program], NOW).go == [of_program]


def test_one_is_no_group() -> None:
    alone = told()
    assert together([]) == []
    assert together([alone]) == [alone]
    assert not alone.is_group


def test_what_a_group_tells_is_each_with_what_it_merged() -> None:
    older = [told(9), told(8)]
    first, second = replace(told(3), merged=(older[0],)), replace(told(2), merged=(older[1],))
    [group] = together([first, second])
    assert group.is_group
    assert [each.id for each in (group, *group.grouped)] == [first.id, second.id]
    assert {each.id for each in group.beside} == {older[0].id, second.id, older[1].id}


def test_what_a_target_is_not_told_of_any_more_is_in_no_message_of_others() -> None:
    here, left = (Target(uuid4(), 1, "sealed", is_told) for is_told in (True, False))
    many = [told(minutes, waiting=50, target=here) for minutes in (1, 2, 3)]
    lost = told(4, waiting=50, target=left)
    judged = judge([*many, lost], NOW)
    assert [each.reason for each in judged.dropped if each.key == lost.key] == ["not_told"]
    assert {each.key for each in judged.together} == {each.key for each in many}
