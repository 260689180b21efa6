"""Days read again: where a pass begins, which windows it reads, and that it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import windows
from ingestor.resources.resource import Position, Start

NOW = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
TODAY = "2026-11-22"
"""In Moscow."""
DEPTH, OVERLAP, SWEEP = timedelta(days=90), timedelta(days=3), timedelta(days=30)


def begin(cursor: Position | None, *, sweep: bool = False, now: datetime = NOW) -> Position:
    return windows.begin(cursor, Start(now, sweep, 1000), depth=DEPTH, overlap=OVERLAP, sweep=SWEEP)


def test_the_first_pass_goes_back_to_the_depth() -> None:
    assert begin(None) == begin({})
    assert (begin(None)["first"], begin(None)["until"]) == ("2026-08-24", TODAY)


@pytest.mark.parametrize(("sweep", "first"), [(False, "2026-11-17"), (True, "2026-10-21")])
def test_later_ones_go_back_from_the_day_read_up_to(sweep: bool, first: str) -> None:
    position = begin({"read_to": "2026-11-20"}, sweep=sweep)
    assert (position["first"], position["until"]) == (first, TODAY)


def test_a_first_pass_may_begin_at_a_moment_and_is_of_two_days_at_least() -> None:
    position = {**begin(None), **windows.since(NOW)}
    assert windows.window(position, 31) == ("2026-11-21", TODAY)
    assert windows.advance(position, 31).position == {"read_to": TODAY}


def test_however_long_nothing_was_read_no_day_is_left_out() -> None:
    assert begin({"read_to": "2026-01-10"})["first"] == "2026-01-07"


def test_a_day_read_up_to_that_is_yet_to_come_is_today() -> None:
    assert begin({"read_to": "2027-01-01"})["first"] == "2026-11-19"


def test_an_interrupted_pass_goes_on_unless_a_sweep_is_wanted_of_an_ordinary_one() -> None:
    ordinary = begin({"read_to": "2026-11-20"})
    later = NOW + timedelta(days=2)
    assert begin(ordinary, now=later) == ordinary
    sweep = begin(ordinary, sweep=True)
    assert sweep["first"] == "2026-10-21"
    assert begin(sweep) == begin(sweep, sweep=True) == sweep
    first = begin(None)
    assert begin(first, sweep=True) == first


def test_a_finished_pass_leaves_the_day_it_read_up_to() -> None:
    step = windows.advance(begin({"read_to": "2026-11-20"}), 31)
    assert step.done
    assert step.position == {"read_to": TODAY}


@given(st.dates(date(2020, 1, 1), date(2026, 11, 22)), st.integers(2, 31))
def test_windows_cover_every_day_are_no_longer_than_asked_and_end(read_to: date, days: int) -> None:
    position = begin({"read_to": read_to.isoformat()})
    first, seen = date.fromisoformat(position["first"]), set()
    for _ in range(10_000):
        start, end = map(date.fromisoformat, windows.window(position, days))
        assert 2 <= (end - start).days + 1 <= days
        seen |= {start + timedelta(days=n) for n in range((end - start).days + 1)}
        step = windows.advance(position, days)
        if step.done:
            break
        position = begin(step.position)
    assert step.position == {"read_to": TODAY}
    assert seen == {first + timedelta(days=n) for n in range((date.fromisoformat(TODAY) - first).days + 1)}
