"""The chance of a rate is the binomial tail, summed here term by term with fractions."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporter.alerts.statistics import chance_of


def exactly(events: int, tries: int, before_events: int, before_tries: int) -> Fraction:
    total, share = events + before_events, Fraction(tries, tries + before_tries)
    return sum((comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(events, total + 1)), Fraction(0))


@given(st.integers(1, 40), st.integers(1, 200), st.integers(0, 60), st.integers(1, 400))
def test_it_is_the_tail_of_the_binomial_distribution(
    events: int, tries: int, before_events: int, before_tries: int
) -> None:
    chance = chance_of(events, tries, before_events=before_events, before_tries=before_tries)
    assert chance == pytest.approx(float(exactly(events, tries, before_events, before_tries)), rel=1e-9)


@pytest.mark.parametrize(("events", "tries", "before_tries"), [(0, 10, 10), (5, 0, 10), (5, 10, 0)])
def test_what_did_not_happen_or_has_nothing_to_be_compared_with_is_no_news(
    events: int, tries: int, before_tries: int
) -> None:
    assert chance_of(events, tries, before_events=0, before_tries=before_tries) == 1


def test_more_are_less_likely_also_of_many() -> None:
    chances = [chance_of(n, 10_000, before_events=4_000, before_tries=50_000) for n in range(700, 1_200, 100)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.99 > 1e-9 > chances[-1]
