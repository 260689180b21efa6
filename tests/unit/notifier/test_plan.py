"""Which due deliveries go at once."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from notifier.deliveries.limits import Limits
from notifier.deliveries.model import Receiver, WebhookTarget
from notifier.deliveries.plan import AGAIN_SECONDS, SLOTS_PER_HOST, SLOTS_PER_RECEIVER, InLine, Slots
from notifier.deliveries.schedule import FAILURES_IN_A_ROW
from notifier.deliveries.throttle import Throttle
from support.notifying import delivery, reported

ORDER = reported()


def in_line(recipient: str, count: int, *, host: str | None = None, failures: int = 0) -> InLine:
    target = WebhookTarget(f"https://{host}/x", (), False) if host else None
    receiver = Receiver(failures)
    return InLine(
        recipient, [delivery(ORDER, recipient=recipient, webhook=target, receiver=receiver) for _ in range(count)]
    )


def throttle(per_chat_per_second: float, per_second: float = 1000) -> Throttle:
    limits = Limits.of(per_second=per_second, per_chat_per_second=per_chat_per_second, per_group_per_minute=20)
    return Throttle(limits)


def test_each_gets_one_before_any_gets_a_second() -> None:
    held = in_line("other", 3).due
    plan = Slots(8, None, 10).slots([in_line("a", 4), in_line("b", 4), in_line("c", 4)], held)
    assert [each.recipient for each in plan.go] == ["a", "b", "c", "a", "b"]
    # All were served, so all go to the end of the line.
    assert plan.again_seconds == {"a": None, "b": None, "c": None}
    assert plan.is_short_of_slots


def test_who_gets_nothing_keeps_its_place() -> None:
    plan = Slots(1, None, 10).slots([in_line("a", 2), in_line("b", 2)], [])
    assert plan.again_seconds == {"a": None}


def test_a_receiver_has_a_few_slots_whatever_is_free() -> None:
    line = in_line("a", 3 * SLOTS_PER_RECEIVER)
    plan = Slots(64, None, 10).slots([line], [])
    assert len(plan.go) == SLOTS_PER_RECEIVER
    assert Slots(64, None, 10).slots([InLine("a", line.due[SLOTS_PER_RECEIVER:])], plan.go).go == []


def test_what_is_already_on_its_way_is_not_sent_again() -> None:
    line = in_line("a", 2)
    plan = Slots(64, None, 10).slots([line], line.due[:1])
    assert [each.id for each in plan.go] == [line.due[1].id]


def test_a_host_has_a_share_and_its_endpoints_stand_in_line_again() -> None:
    line = [in_line(str(number), 4, host="slow.example") for number in range(20)]
    plan = Slots(64, None, 10).slots([*line, in_line("quick", 1, host="quick.example")], [])
    assert len(plan.go) == SLOTS_PER_HOST + 1
    assert plan.go[SLOTS_PER_HOST].recipient == "quick"
    assert plan.again_seconds["19"] == AGAIN_SECONDS


def test_few_slots_are_shared_too() -> None:
    line = [in_line(str(number), 4, host="slow.example") for number in range(20)]
    plan = Slots(8, None, 10).slots([*line, in_line("quick", 1, host="quick.example")], [])
    assert [each.recipient for each in plan.go] == ["0", "1", "quick"]
    assert len(Slots(8, None, 10).slots([in_line("a", 4)], []).go) == 2
    assert len(Slots(1, None, 10).slots([in_line("a", 4)], []).go) == 1


def test_one_that_fails_is_asked_by_one_delivery_and_again_when_its_lease_ends() -> None:
    plan = Slots(64, None, 10).slots([in_line("a", 4, failures=FAILURES_IN_A_ROW)], [])
    assert len(plan.go) == 1
    assert plan.again_seconds == {"a": 10}


async def test_a_chat_whose_turn_is_far_stands_in_line_when_it_comes() -> None:
    limits = throttle(0.25)
    slots = Slots(64, limits, 10)
    plan = await slots.plan([in_line("7", 4)], [])
    assert len(plan.go) == 1
    assert 3 < (plan.again_seconds["7"] or 0) <= 4
    plan = await slots.plan([in_line("7", 4)], plan.go)
    assert plan.go == []
    assert 3 < (plan.again_seconds["7"] or 0) <= 4


async def test_a_group_is_paced_by_the_minute_and_its_topics_share_it() -> None:
    plan = await Slots(64, throttle(1000), 10).plan([in_line("-7/1", 4), in_line("-7/2", 4), in_line("7", 4)], [])
    assert sorted(each.recipient for each in plan.go) == ["-7/1", "7", "7", "7", "7"]


async def test_critical_ones_of_any_chat_take_their_turns_first_while_turns_are_short() -> None:
    slots = Slots(200, throttle(1, per_second=10), 10)
    line = [in_line(str(number), 1) for number in range(1, 101)]
    line[-1] = InLine("100", [replace(line[-1].due[0], is_critical=True)])
    plan = await slots.plan(line, [])
    assert plan.go[0].recipient == "100"
    assert 8 <= len(plan.go) <= 11
    assert plan.is_short_of_turns
    # Who waits for the channel keeps its place.
    assert {each.recipient for each in plan.go} >= plan.again_seconds.keys()
    assert all(0 <= each.send_at - plan.go[0].send_at <= 0.8 for each in plan.go)


def test_one_with_nothing_due_waits_for_its_next_delivery() -> None:
    assert Slots(64, None, 10).slots([InLine("a", [])], []).again_seconds == {"a": None}


@given(
    counts=st.lists(st.integers(0, 6), max_size=30),
    room=st.integers(1, 70),
    failing=st.sets(st.integers(0, 29)),
)
def test_bounds_hold_and_everyone_moves_or_keeps_its_place(counts: list[int], room: int, failing: set[int]) -> None:
    line = [
        in_line(str(number), count, host=f"h{number % 3}", failures=9 if number in failing else 0)
        for number, count in enumerate(counts)
    ]
    plan = Slots(room, None, 10).slots(line, [])
    taken = [each.recipient for each in plan.go]
    assert len(taken) <= room
    assert len({each.id for each in plan.go}) == len(taken)
    for number, each in enumerate(line):
        assert taken.count(each.recipient) <= (1 if number in failing else SLOTS_PER_RECEIVER)
        # Nobody who was served keeps its place, and nobody loses it for nothing.
        if taken.count(each.recipient) or not each.due:
            assert each.recipient in plan.again_seconds
    for host in range(3):
        at_host = [each for each in plan.go if each.webhook and each.webhook.host == f"h{host}"]
        assert len(at_host) <= SLOTS_PER_HOST
