"""How long stock lasts, and what to order again."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures import forecast
from reporter.figures.forecast import Daily, RunsOut, daily, past_error
from reporter.figures.stock_days import bits

TODAY = date(2026, 11, 20)
STEADY = Daily(14, Fraction(2), Fraction(0))


class TestDaily:
    def test_it_is_of_the_last_14_whole_days_in_stock(self) -> None:
        orders = {0: 50, 1: 3, 2: 1, 20: 4, 40: 9}
        assert daily(orders, bits(0, 90)) == Daily(14, Fraction(4, 14), Fraction(62, 91))
        emptied = bits(0, 90) & ~bits(3, 18)
        assert daily(orders, emptied) == Daily(14, Fraction(8, 14), Fraction(150, 91))

    def test_a_single_day_has_no_variance(self) -> None:
        assert daily({5: 3}, bits(5, 5)) == Daily(1, Fraction(3), None)

    def test_without_a_day_nothing_is_known(self) -> None:
        assert daily({5: 3}, bits(0, 0) | bits(31, 60)) is None

    def test_it_can_be_made_as_of_an_earlier_day(self) -> None:
        assert daily({1: 100, 8: 2, 9: 4}, bits(0, 9), before=7) == Daily(2, Fraction(3), Fraction(2))


class TestRunsOut:
    def test_steady_orders_leave_no_doubt(self) -> None:
        left = forecast.days_left(27, STEADY)
        assert left == Fraction(27, 2)
        assert forecast.runs_out(left, STEADY, None, TODAY) == RunsOut(
            TODAY + timedelta(13), TODAY + timedelta(13), TODAY + timedelta(14)
        )

    def test_the_interval_is_wide_where_orders_vary(self) -> None:
        varying = Daily(14, Fraction(2), Fraction(4))
        # 10 days; √((10 + 100/14)·4/4) = 4.14 days, times 1.65: 6.83.
        assert forecast.runs_out(Fraction(10), varying, None, TODAY) == RunsOut(
            TODAY + timedelta(10), TODAY + timedelta(3), TODAY + timedelta(17)
        )

    def test_it_is_never_narrower_than_earlier_forecasts_were_wrong(self) -> None:
        assert forecast.runs_out(Fraction(10), STEADY, Fraction(5, 2), TODAY) == RunsOut(
            TODAY + timedelta(10), TODAY + timedelta(7), TODAY + timedelta(13)
        )
        one_day = Daily(1, Fraction(2), None)
        assert forecast.runs_out(Fraction(10), one_day, Fraction(2), TODAY) == RunsOut(
            TODAY + timedelta(10), TODAY + timedelta(8), TODAY + timedelta(12)
        )

    def test_of_a_single_day_without_earlier_forecasts_there_is_no_interval(self) -> None:
        assert forecast.runs_out(Fraction(10), Daily(1, Fraction(2), None), None, TODAY) == RunsOut(
            TODAY + timedelta(10)
        )

    def test_what_is_gone_runs_out_today(self) -> None:
        assert forecast.days_left(0, None) == 0
        assert forecast.runs_out(Fraction(), None, None, TODAY) == RunsOut(TODAY, TODAY, TODAY)

    def test_a_date_ten_years_away_says_nothing(self) -> None:
        assert forecast.runs_out(Fraction(10**9), STEADY, None, TODAY) == RunsOut()

    def test_it_cannot_run_out_before_today(self) -> None:
        wild = Daily(2, Fraction(1, 2), Fraction(9))
        assert forecast.runs_out(Fraction(2), wild, None, TODAY).earliest == TODAY

    def test_nobody_orders_it_or_nothing_is_known(self) -> None:
        assert forecast.days_left(5, Daily(14, Fraction(0), Fraction(0))) is None
        assert forecast.days_left(5, None) is None


class TestReorderPoint:
    def test_steady_orders_need_no_reserve(self) -> None:
        assert forecast.reorder_point(STEADY, 14, Decimal(0)) == 28

    def test_what_varies_does(self) -> None:
        # 2·14 + 1.65·√(14·4 + 4·9) = 28 + 15.83
        assert forecast.reorder_point(Daily(14, Fraction(2), Fraction(4)), 14, Decimal(3)) == 44

    def test_it_is_unknown_without_a_variance(self) -> None:
        assert forecast.reorder_point(Daily(1, Fraction(2), None), 14, Decimal(0)) is None
        assert forecast.reorder_point(None, 14, Decimal(0)) is None


class TestReplenish:
    def test_it_is_what_is_wanting_in_whole_boxes(self) -> None:
        assert forecast.replenish(forecast.need(STEADY, 30, 37), 1) == 23
        assert forecast.replenish(forecast.need(STEADY, 30, 37), 10) == 30
        assert forecast.replenish(forecast.need(STEADY, 30, 40), 10) == 20

    def test_a_quotient_does_not_ask_for_a_piece_too_many(self) -> None:
        assert forecast.replenish(forecast.need(Daily(14, Fraction(2, 3), None), 30, 0), 1) == 20

    def test_too_much_is_nothing_to_send_and_unknown_is_unknown(self) -> None:
        assert forecast.replenish(forecast.need(STEADY, 30, 1000), 10) == 0
        assert forecast.replenish(forecast.need(None, 30, 0), 10) is None

    def test_what_is_on_its_way_without_a_size_goes_where_it_is_wanting(self) -> None:
        needs = [Fraction(30), None, Fraction(10), Fraction(0)]
        assert forecast.shared(needs, 20) == [15, None, 5, 0]
        assert forecast.shared(needs, 400) == [0, None, 0, 0]
        assert forecast.shared([None, Fraction(0)], 5) == [None, 0]


def left(by_ago: dict[int, int]) -> list[int]:
    """What was left at the end of days, where nothing is said 5, as far back as something is."""
    return [by_ago.get(ago, 5) for ago in range(max(by_ago) + 1)]


class TestPastError:
    def test_a_forecast_that_came_true_has_no_error(self) -> None:
        assert past_error(dict.fromkeys(range(1, 60), 2), bits(0, 60), [8] * 40) == 0

    def test_it_is_off_by_the_days_between(self) -> None:
        orders = {**dict.fromkeys(range(8, 60), 1), **dict.fromkeys(range(1, 8), 2)}
        assert past_error(orders, bits(0, 60), left({8: 10})) == 9 - 4

    def test_nothing_left_is_the_end_whatever_was_ordered(self) -> None:
        orders = dict.fromkeys(range(1, 60), 1)
        assert past_error(orders, bits(0, 60), left({8: 10, 4: 0})) == 9 - 3

    def test_one_whose_day_has_passed_is_wrong_by_the_days_since(self) -> None:
        assert past_error(dict.fromkeys(range(8, 60), 2), bits(0, 60), left({8: 4})) == 7 - 1

    def test_one_whose_day_is_yet_to_come_is_not_judged(self) -> None:
        assert past_error(dict.fromkeys(range(1, 60), 1), bits(0, 60), left({8: 500})) is None

    @pytest.mark.parametrize(("stock", "orders"), [([5] * 8, {9: 1}), ([0] * 9, {9: 1}), ([5] * 9, {})])
    def test_without_stock_or_orders_there_was_no_forecast(self, stock: list[int], orders: dict[int, int]) -> None:
        assert past_error(orders, bits(0, 60), stock) is None


pieces = st.dictionaries(st.integers(0, 90), st.integers(0, 50), max_size=40)
days = st.integers(0, (1 << 91) - 1)


@given(pieces, days, st.integers(0, 10_000), st.integers(1, 90), st.integers(1, 50), st.integers(0, 500))
def test_what_to_send_is_never_negative_comes_in_boxes_and_is_enough(
    orders: dict[int, int], usable: int, there: int, target_days: int, box_units: int, incoming: int
) -> None:
    expected = daily(orders, usable)
    wanted = forecast.replenish(forecast.need(expected, target_days, there + incoming), box_units)
    if expected is None:
        assert wanted is None
        return
    assert wanted is not None
    assert wanted >= 0
    assert wanted % box_units == 0
    assert there + incoming + wanted >= expected.mean * target_days
    if wanted:
        assert there + incoming + wanted - box_units < expected.mean * target_days


@given(pieces, days, st.integers(0, 10_000), st.none() | st.fractions(0, 60))
def test_the_day_lies_within_its_interval_and_not_in_the_past(
    orders: dict[int, int], usable: int, stock: int, error: Fraction | None
) -> None:
    expected = daily(orders, usable)
    left = forecast.days_left(stock, expected)
    if left is None:
        return
    ends = forecast.runs_out(left, expected, error, TODAY)
    known = [each for each in (ends.earliest, ends.on, ends.latest) if each is not None]
    assert known == sorted(known)
    assert all(each >= TODAY for each in known)


@given(pieces, days, st.integers(0, 90), st.decimals(0, 30, places=2), st.integers(0, 30))
def test_a_longer_or_less_certain_lead_never_lowers_the_reorder_point(
    orders: dict[int, int], usable: int, lead_days: int, deviation: Decimal, more: int
) -> None:
    expected = daily(orders, usable)
    point = forecast.reorder_point(expected, lead_days, deviation)
    if point is None:
        return
    assert point >= 0
    assert point <= (forecast.reorder_point(expected, lead_days + more, deviation) or 0)
    assert point <= (forecast.reorder_point(expected, lead_days, deviation + more) or 0)


@given(pieces, days, st.lists(st.integers(0, 300), max_size=40))
def test_the_past_error_is_never_negative(orders: dict[int, int], usable: int, ends: list[int]) -> None:
    error = past_error(orders, usable, ends)
    assert error is None or error >= 0
