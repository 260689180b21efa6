"""A month's plan against what has come."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.sections.plan import Ordered, passed, plan, profile

FRIDAY = date(2026, 11, 20)
FLAT = (1,) * 7


def daily(orders: int, days: int, today: date = FRIDAY) -> dict[date, int]:
    return {today - timedelta(ago): orders for ago in range(1, days + 1)}


class TestProfile:
    def test_a_weekday_weighs_what_was_ordered_on_it_in_8_weeks(self) -> None:
        orders = daily(2, 56) | {FRIDAY: 1000, FRIDAY - timedelta(57): 1000, FRIDAY - timedelta(7): 10}
        assert profile(orders, FRIDAY) == (16, 16, 16, 16, 24, 16, 16)

    def test_a_young_item_weighs_by_its_whole_weeks(self) -> None:
        orders = daily(5, 16)
        assert profile(orders, FRIDAY) == (10,) * 7

    def test_of_little_or_of_less_than_two_weeks_all_days_weigh_the_same(self) -> None:
        assert profile(daily(100, 13), FRIDAY) == FLAT
        assert profile({FRIDAY - timedelta(56): 55}, FRIDAY) == FLAT
        assert profile({}, FRIDAY) == FLAT


class TestPassed:
    def test_by_equal_days_it_is_whole_days_before_today_of_the_month(self) -> None:
        assert passed(FLAT, FRIDAY) == Fraction(19, 30)
        assert passed(FLAT, date(2026, 2, 28)) == Fraction(27, 28)
        assert passed(FLAT, date(2026, 12, 1)) == 0

    def test_a_heavy_weekday_weighs_more(self) -> None:
        # November 2026 begins on a Sunday: two of its five have passed by the 9th, and one Monday is today.
        assert passed((0, 0, 0, 0, 0, 0, 1), date(2026, 11, 9)) == Fraction(2, 5)


def test_a_month_on_course_is_at_100_percent() -> None:
    days = {FRIDAY - timedelta(ago): Ordered(1, Decimal(100)) for ago in range(1, 60)}
    found = plan(30, Decimal(3000), days, FRIDAY)
    assert (found.month, found.orders, found.orders_sum) == (date(2026, 11, 1), 19, Decimal(1900))
    assert (found.expected_share, found.done_orders, found.done_sum) == (
        Decimal("63.33"), Decimal("63.33"), Decimal("63.33"),
    )  # fmt: skip
    assert found.on_course_sum == Decimal("100.00")


def test_what_came_today_is_done_and_no_part_of_the_pace() -> None:
    days = {FRIDAY: Ordered(5, Decimal(500)), FRIDAY - timedelta(1): Ordered(1, Decimal(190))}
    found = plan(None, Decimal(3000), days, FRIDAY)
    assert (found.orders, found.done_orders, found.done_sum) == (6, None, Decimal("23.00"))
    assert found.on_course_sum == Decimal("10.00")


def test_on_the_first_day_there_is_no_pace_yet() -> None:
    found = plan(10, Decimal(100), {date(2026, 11, 1): Ordered(1, Decimal(10))}, date(2026, 11, 1))
    assert (found.done_sum, found.expected_share, found.on_course_sum) == (Decimal("10.00"), Decimal("0.00"), None)


def test_without_a_plan_of_money_there_is_no_pace_of_it() -> None:
    found = plan(10, None, {FRIDAY: Ordered(1, Decimal(10))}, FRIDAY)
    assert (found.done_orders, found.done_sum, found.on_course_sum) == (Decimal("10.00"), None, None)


@given(st.dictionaries(st.integers(0, 56), st.integers(0, 99)), st.dates(date(2024, 1, 1), date(2028, 12, 31)))
def test_what_has_passed_is_a_share_that_grows(ago: dict[int, int], today: date) -> None:
    weights = profile({today - timedelta(days): count for days, count in ago.items()}, today)
    assert 0 <= passed(weights, today) <= 1
    tomorrow = today + timedelta(1)
    if tomorrow.month == today.month:
        assert passed(weights, today) <= passed(weights, tomorrow)
