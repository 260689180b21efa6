from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tgsim.config import Limits
from tgsim.flood import Flood


def flood(clock: SimpleNamespace, **limits: float) -> Flood:
    return Flood(Limits(**limits), lambda: clock.now)  # type: ignore[arg-type] # one dict of ints and floats


class TestAdmit:
    def test_a_chat_takes_a_burst_and_then_one_a_second(self, clock: SimpleNamespace) -> None:
        limits = flood(clock, per_chat_burst=3)
        assert [limits.admit(1) for _ in range(4)] == [None, None, None, 1]
        assert limits.admit(2) is None
        clock.now += 1
        assert limits.admit(1) is None
        assert limits.admit(1) == 1
        assert limits.early_sends == 0

    def test_the_bot_as_a_whole_takes_thirty_a_second(self, clock: SimpleNamespace) -> None:
        limits = flood(clock)
        assert [limits.admit(chat) for chat in range(1, 32)] == [None] * 30 + [1]
        assert limits.admit(99) == 1
        assert limits.early_sends == 1
        clock.now += 1
        assert limits.admit(99) is None

    def test_a_group_takes_twenty_a_minute(self, clock: SimpleNamespace) -> None:
        limits = flood(clock, per_chat_per_second=100, per_chat_burst=100)
        assert [limits.admit(-5) for _ in range(21)] == [None] * 20 + [3]
        clock.now += 2.5
        assert limits.admit(-5) == 1
        assert limits.early_sends == 1
        clock.now += 0.5
        assert limits.admit(-5) is None

    def test_without_limits_everything_goes(self, clock: SimpleNamespace) -> None:
        limits = Flood(None, lambda: clock.now)
        assert {limits.admit(1) for _ in range(100)} == {None}

    @pytest.mark.parametrize("waited_seconds", [0.0, 6.9])
    def test_a_told_wait_holds_without_limits_too(self, clock: SimpleNamespace, waited_seconds: float) -> None:
        limits = Flood(None, lambda: clock.now)
        assert limits.refuse_for(1, 7) == 7
        clock.now += waited_seconds
        assert limits.admit(1) == (7 if waited_seconds == 0 else 1)
        assert limits.early_sends == 1

    @given(st.lists(st.tuples(st.integers(1, 3), st.floats(0, 3)), max_size=60), st.floats(0.1, 7))
    def test_who_waits_as_told_is_never_early_and_never_above_the_rate(
        self, sends: list[tuple[int, float]], per_chat_per_second: float
    ) -> None:
        clock = SimpleNamespace(now=0.0)
        limits = flood(clock, per_chat_per_second=per_chat_per_second, per_chat_burst=2)
        admitted: dict[int, int] = {}
        for chat, pause in sends:
            clock.now += pause
            while wait := limits.admit(chat):
                clock.now += wait
            admitted[chat] = admitted.get(chat, 0) + 1
        assert limits.early_sends == 0
        assert all(count <= 2 + clock.now * per_chat_per_second + 1e-6 for count in admitted.values())
