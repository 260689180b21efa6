"""Stretches of time cut into windows: nothing is left out, nothing twice, the newest first."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES, statistics
from ingestor.resources.resource import Position, Resource, Seen, Start, Step, Stretch
from ingestor.resources.stretches import by_day, first_and_last_day, windows_of
from ingestor.sync import ranged
from ingestor.wb.times import moscow_day, moscow_midnight

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
START = Start(NOW, sweep=True, page_rows=100)
ROW = msgspec.Raw(b"{}")


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    """Up to three months of the past."""
    until = NOW - draw(st.timedeltas(timedelta(0), timedelta(days=20)))
    return until - draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=65))), until


@given(stretch=stretches(), parts=st.integers(1, 50))
def test_windows_are_the_stretch(stretch: Stretch, parts: int) -> None:
    longest = (stretch[1] - stretch[0]) / parts + timedelta(microseconds=1)
    windows = windows_of(longest)(stretch, NOW)
    assert (windows[-1][0], windows[0][1]) == stretch
    assert all(later[0] == earlier[1] for later, earlier in pairwise(windows))
    assert all(timedelta(0) < until - since <= longest for since, until in windows)


@given(stretch=stretches())
def test_days_cover_it(stretch: Stretch) -> None:
    days = by_day(stretch, NOW)
    assert days[0][0] <= stretch[1] - timedelta(microseconds=1) < days[0][1]
    assert days[-1][0] <= stretch[0] < days[-1][1]
    assert all(later[0] == earlier[1] for later, earlier in pairwise(days))


def test_no_day_is_yet_to_come() -> None:
    yesterday, today = moscow_day(NOW) - timedelta(days=1), moscow_day(NOW)
    assert first_and_last_day((NOW - timedelta(days=1), NOW + timedelta(days=9)), NOW) == (yesterday, today)


def _read_empty(position: Position, read: Resource) -> Step:
    if read.reading.subjects is not None:
        position = {**position, "ids": [1]}
    read.reading.ask(position)
    return read.reading.advance(position, Seen((), wb_now=NOW))


@given(stretch=stretches())
def test_every_resource_comes_to_the_end_of_each_window(stretch: Stretch) -> None:
    for resource in RESOURCES.values():
        if resource.reading.within is None:
            continue
        position = ranged.first(resource, stretch, START)
        assert position is not None
        calls = 0
        left = {len(position[ranged.WINDOWS])}
        while not (step := _read_empty(position, ranged.ranged(resource, START))).done:
            # Cards of the funnel are asked about until none is left.
            no_subject_is_left = resource.name == "funnel" and ranged.following(resource, position, START)
            if resource.name == "funnel" and not no_subject_is_left:
                step = Step({ranged.WINDOWS: []}, done=True)
                break
            position = no_subject_is_left or step.position
            left.add(len(position[ranged.WINDOWS]))
            calls += 1
            assert calls < 20 * max(left), resource.name
        assert step.position == {ranged.WINDOWS: []}
        assert left == set(range(1, max(left) + 1)), resource.name


def test_what_changed_in_a_stretch_is_read_until_a_row_lies_behind_it() -> None:
    since, until = NOW - timedelta(days=30), NOW - timedelta(days=9)
    position = statistics.within((since, until), START)
    step = statistics.advance(position, Seen([ROW], [since + timedelta(days=2)], wb_now=NOW))
    assert not step.done
    assert statistics.advance(step.position, Seen([ROW], [until], wb_now=NOW)).done


def test_a_day_of_statistics_is_one_call() -> None:
    day = moscow_midnight(moscow_day(NOW))
    position = statistics.within((day, day + timedelta(days=1)), START)
    assert statistics.ask(position) == {"params": {"dateFrom": "2026-11-21", "flag": "1"}}
    assert statistics.advance(position, Seen(())).done
