"""When a refusal counts, and how long WB is not asked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.refusals import ANSWERS, FIRST_WAIT, LONGEST_WAIT, PERIOD, SECOND_LOOK, RefusalReason, Streak

REASONS: tuple[RefusalReason, ...] = ("token_rejected", "payment_required", "scope_refused", "switched_off")
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("answers", "minutes", "counts"), [(1, 60, False), (2, 60, False), (3, 9, False), (20, 9, False), (3, 10, True)]
)
def test_it_counts_after_three_answers_over_ten_minutes(answers: int, minutes: int, counts: bool) -> None:
    assert Streak("token_rejected", answers, minutes * MINUTE).counts is counts


@pytest.mark.parametrize("reason", REASONS)
def test_who_asks_when_told_to_confirms_it_in_no_more_answers_than_it_takes(reason: RefusalReason) -> None:
    lasted, asked = timedelta(0), 1
    while not Streak(reason, asked, lasted).counts:
        lasted += Streak(reason, asked, lasted).wait(suspended=False)
        asked += 1
    assert (asked, lasted) == (ANSWERS, PERIOD)


@pytest.mark.parametrize(("reason", "longest"), [("scope_refused", 24 * 60), ("payment_required", 30)])
def test_what_counts_is_asked_ever_more_rarely(reason: RefusalReason, longest: int) -> None:
    lasted, waits = PERIOD, []
    for answers in range(ANSWERS, ANSWERS + 12):
        waits.append(Streak(reason, answers, lasted).wait(suspended=True))
        lasted += waits[-1]
    assert waits == sorted(waits)
    assert waits[0] == min(FIRST_WAIT, longest * MINUTE)
    assert waits[-1] == longest * MINUTE


@given(
    st.sampled_from(REASONS), st.integers(1, 10_000), st.timedeltas(timedelta(0), timedelta(days=900)), st.booleans()
)
def test_wb_is_never_hammered_and_never_given_up(
    reason: RefusalReason, answers: int, lasted: timedelta, suspended: bool
) -> None:
    assert SECOND_LOOK <= Streak(reason, answers, lasted).wait(suspended=suspended) <= LONGEST_WAIT
