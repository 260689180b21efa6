"""Turns within the limits of a channel."""

from collections import defaultdict
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st
from notifier.deliveries.limits import HORIZON, MICRO, SLACK, Aheads, Limit, Limits, chat_of, room, take_turns

TELEGRAM = Limits.of(per_second=30, per_chat_per_second=1, per_group_per_minute=20)
CHATS = st.sampled_from(["1", "2", "3", "-4", *map(str, range(100, 160))])
LOOKS = st.lists(st.tuples(st.integers(0, MICRO), st.lists(CHATS, max_size=40)), max_size=30)


class Clock:
    """Takes turns as time goes by, and keeps when each one is."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.now = 0
        self.all_until = 0
        self.until: dict[str, int] = defaultdict(int)
        self.sent: dict[str, list[int]] = defaultdict(list)

    def look(self, chats: list[str]) -> list[int | None]:
        aheads = Aheads(max(0, self.all_until - self.now), {c: max(0, self.until[c] - self.now) for c in chats})
        turns = take_turns(chats, aheads, self.limits)
        self.all_until = self.now + aheads.everyone
        for chat, ahead in aheads.chats.items():
            self.until[chat] = self.now + ahead
        for chat, turn in zip(chats, turns, strict=True):
            if turn is not None:
                self.sent[chat].append(self.now + turn)
        return turns


def most_within(moments: list[int], window: int) -> int:
    return max((sum(start <= each < start + window for each in moments) for start in moments), default=0)


@given(looks=LOOKS)
def test_no_second_and_no_minute_holds_more_than_telegram_takes(looks: list[tuple[int, list[str]]]) -> None:
    clock = Clock(TELEGRAM)
    for passed, chats in looks:
        clock.now += passed
        for turn in clock.look(chats):
            assert turn is None or 0 <= turn <= HORIZON + SLACK
    assert most_within(sorted(chain.from_iterable(clock.sent.values())), MICRO) <= 30 + 8
    for chat, moments in clock.sent.items():
        assert most_within(moments, MICRO) <= 1
        if chat.startswith("-"):
            assert most_within(moments, 60 * MICRO) <= 20


def test_a_chat_whose_turn_is_later_keeps_none_of_all_free_for_it() -> None:
    clock = Clock(TELEGRAM)
    assert clock.look(["1", "1", "2", "3"]) == [0, None, 0, 0]


def test_what_waits_is_drained_as_fast_as_all_may_go() -> None:
    clock = Clock(TELEGRAM)
    taken = 0
    for _ in range(100):
        chats = [str(number) for number in range(taken, taken + room(clock.all_until - clock.now, TELEGRAM.everyone))]
        turns = clock.look(chats)
        assert None not in turns
        taken += len(turns)
        clock.now += MICRO // 10
    assert 10 * 30 <= taken <= 10.8 * 30 + 8


def test_parts_of_several_are_together_no_more_than_the_whole() -> None:
    clocks = [Clock(TELEGRAM.shared_by(3)) for _ in range(3)]
    for step in range(200):
        for clock in clocks:
            clock.now = step * MICRO // 10
            clock.look(["7", *(str(number) for number in range(100 * step, 100 * step + 40))])
    everything = sorted(moment for clock in clocks for moments in clock.sent.values() for moment in moments)
    assert most_within(everything, MICRO) <= 30 + 8
    assert len([moment for clock in clocks for moment in clock.sent["7"]]) <= 20 + 3


def test_topics_have_the_limits_of_their_group() -> None:
    assert chat_of("-100/7") == chat_of("-100") == "-100"
    assert TELEGRAM.of_chat("-100") == Limit.of(20 / 60)
    assert TELEGRAM.of_chat("100") == Limit.of(1)
