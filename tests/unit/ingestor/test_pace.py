"""At which moment the next reading is due: of a cabinet's own, never too late, and not while WB has nothing new."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.sync.pace import nothing_new, own_moment

MINUTE = 60.0


@given(st.floats(0.1, 50_000), st.floats(0, 1), st.text(), st.floats(0, 2e9))
def test_it_is_never_later_than_the_interval_and_never_sooner_than_permitted(
    every: float, part: float, of: str, at: float
) -> None:
    seconds = own_moment(every, of=of, at=at, least_seconds=part * every)
    assert part * every <= seconds <= every


@pytest.mark.parametrize("least", [0.0, MINUTE / 2])
def test_cabinets_that_were_all_due_at_once_are_spread_over_the_interval(least: float) -> None:
    names = [f"orders of {UUID(int=number)}" for number in range(2000)]
    due = dict.fromkeys(names, 1e9)
    for _ in range(3):
        due = {name: at + own_moment(MINUTE, of=name, at=at, least_seconds=least) for name, at in due.items()}
    of_second = Counter(int(at % MINUTE) for at in due.values())
    assert len(of_second) == 60
    assert max(of_second.values()) < 2 * 2000 / 60
    # And they stay there: from now on each is read once an interval.
    again = {name: own_moment(MINUTE, of=name, at=at + 0.2, least_seconds=least) for name, at in due.items()}
    assert {round(seconds, 3) for seconds in again.values()} == {MINUTE - 0.2}


def test_what_was_just_renewed_is_not_asked_for_before_it_can_be_again() -> None:
    assert nothing_new(30 * MINUTE, every_seconds=5 * MINUTE, since_last_seconds=5 * MINUTE) == 25 * MINUTE
    # Read so long ago, nobody knows when it was renewed; nor is rare reading made rarer.
    assert nothing_new(30 * MINUTE, every_seconds=5 * MINUTE, since_last_seconds=26 * MINUTE) == 0
    assert nothing_new(30 * MINUTE, every_seconds=60 * MINUTE, since_last_seconds=60 * MINUTE) == 0
