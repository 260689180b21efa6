"""Keeping under a rate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifier.deliveries import pace
from notifier.deliveries.pace import Pace

ARRIVALS = st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=200).map(sorted)
RATES = st.sampled_from([0.5, 1.0, 3.0, 30.0, 1000.0])


@given(arrivals=ARRIVALS, per_second=RATES)
def test_any_second_holds_no_more_than_the_rate_and_a_quarter(arrivals: list[float], per_second: float) -> None:
    limit = Pace(per_second)
    slots = [limit.take("chat", at) for at in arrivals]
    assert all(slot >= at for slot, at in zip(slots, arrivals, strict=True))
    for start in slots:
        within = sum(start <= slot < start + 1 - 1e-6 for slot in slots)
        assert within <= max(1, per_second) + max(1, per_second / 4)


def test_one_waits_for_the_one_before_it_and_not_for_other_keys() -> None:
    limit = Pace(1)
    assert [limit.take("a", 10), limit.take("a", 10), limit.take("b", 10)] == [10, 11, 10]
    assert limit.slot("a", 10) == 12
    assert limit.slot("a", 20) == 20


def test_idle_keys_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MAX_KEYS", 3)
    limit = Pace(1)
    for key in range(3):
        limit.take(key, 0)
    limit.take("busy", 100)
    limit.take("busy", 100)
    assert limit.slot("busy", 100) == 102
    assert len(limit._free_from) == 1
