"""Nights: each resource has its minute, and all days are read again, none twice, within what is permitted."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil

from hypothesis import given
from hypothesis import strategies as st
from ingestor.sync.nights import BEGINS, LASTS, Night, next_turn, permitted_calls, tonight
from ingestor.wb.times import moscow_day, moscow_midnight

DAY = timedelta(days=1)
MOMENTS = st.integers(0, 500_000_000).map(lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@given(MOMENTS, st.text(max_size=50))
def test_a_turn_comes_within_a_day_at_night_and_always_at_the_same_time(now: datetime, of: str) -> None:
    at = next_turn(now, of)
    assert now < at <= now + DAY
    midnight = moscow_midnight(moscow_day(at))
    assert BEGINS <= at - midnight <= BEGINS + LASTS
    assert next_turn(at, of) == at + DAY
    assert next_turn(at - timedelta(microseconds=1), of) == at


def test_turns_are_spread_over_the_night() -> None:
    now = datetime(2026, 5, 3, 12, tzinfo=UTC)
    turns = sorted(next_turn(now, f"cabinet {n} orders") for n in range(600))
    hours = [moscow_midnight(moscow_day(turns[0])) + BEGINS + n * LASTS / 10 for n in range(11)]
    per_part = [sum(first <= turn < last for turn in turns) for first, last in pairwise(hours)]
    assert min(per_part) > 30, "a tenth of a night has half of its part at least"


@given(
    st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 1, 1)),
    st.integers(1, 400),
    st.integers(0, 100_000),
    st.integers(1, 5_000),
)
def test_nights_have_all_days_each_once_the_newest_first(first: date, days: int, calls: int, permitted: int) -> None:
    until, left = first + days * DAY, calls
    passed: list[Night] = []
    while not passed or passed[-1].since > first:
        passed.append(tonight(first, until, calls=left, permitted=permitted))
        night = passed[-1]
        assert first <= night.since < night.until == until
        taken = (night.until - night.since).days
        assert taken == 1 or left * taken <= permitted * (until - first).days, "more calls than a night permits"
        left = ceil(left * ((night.since - first) / (until - first)))
        until = night.since
    read = [night.since + n * DAY for night in passed for n in range((night.until - night.since).days)]
    assert sorted(read) == [first + n * DAY for n in range(days)]
    assert passed[-1].nights == 1
    assert len(passed) <= passed[0].nights, "longer than was said"
    if calls <= permitted:
        assert len(passed) == 1


@given(st.floats(min_value=0.001, max_value=86_400))
def test_a_call_is_always_permitted_and_half_of_them_are_left_to_news(interval_seconds: float) -> None:
    permitted = permitted_calls(interval_seconds)
    assert permitted >= 1
    assert permitted == 1 or permitted * interval_seconds <= LASTS.total_seconds() / 2
