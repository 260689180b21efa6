"""Buyout: of what was ordered, how much was bought."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.sections.buyout import Became, buyout, mature_after_days


def test_the_share_is_of_all_orders_of_the_period_and_the_mature_one_of_those_that_ended() -> None:
    days = {
        2: Became(ordered=10, bought=1, open=9),
        20: Became(ordered=8, bought=5, returned=1, open=1),
        40: Became(ordered=2, bought=2),
    }
    week, _, month, two_months, quarter = buyout(days, mature_after_days=14).periods
    assert (week.ordered, week.bought, week.cancelled, week.open) == (10, 1, 0, 9)
    assert (week.share, week.open_share) == (Decimal("10.00"), Decimal("90.00"))
    assert (week.mature_ordered, week.mature_bought, week.mature_share) == (1, 1, Decimal("100.00"))
    assert (month.ordered, month.bought, month.returned, month.cancelled, month.open) == (18, 6, 1, 1, 10)
    # The order that is open after 20 days should have ended by now: it is mature, and not bought.
    assert (month.mature_ordered, month.mature_share) == (9, Decimal("66.67"))
    assert (two_months.ordered, two_months.share) == (20, Decimal("40.00"))
    assert quarter.model_copy(update={"period_days": 60}) == two_months


def test_of_nothing_there_is_no_share() -> None:
    week, *_ = buyout({50: Became(ordered=1, open=1)}, mature_after_days=14).periods
    assert (week.ordered, week.share, week.open_share, week.mature_share) == (0, None, None, None)


def test_without_a_mature_order_the_mature_share_is_unknown() -> None:
    week, *_ = buyout({0: Became(ordered=3, open=3)}, mature_after_days=14).periods
    assert (week.share, week.mature_ordered, week.mature_share) == (Decimal("0.00"), 0, None)


class TestMatureAfterDays:
    def test_it_is_the_day_by_which_95_of_100_purchases_were_made(self) -> None:
        assert mature_after_days([3] * 95 + [30] * 5) == 3
        assert mature_after_days([30] * 6 + [3] * 94) == 30
        assert mature_after_days([*range(1, 21)]) == 19

    def test_of_few_purchases_it_is_14(self) -> None:
        assert mature_after_days([3] * 19) == 14
        assert mature_after_days([]) == 14

    def test_a_purchase_before_its_order_took_no_time(self) -> None:
        assert mature_after_days([-2] * 20) == 0


became = st.tuples(*(st.integers(0, 9) for _ in range(4))).map(
    lambda counts: Became(sum(counts), counts[0], counts[1], counts[2])
)


@given(st.dictionaries(st.integers(0, 89), became, min_size=1), st.integers(0, 60))
def test_every_order_is_counted_once_and_shares_lie_within_0_and_100(days: dict[int, Became], mature: int) -> None:
    periods = buyout(days, mature).periods
    for period in periods:
        assert period.ordered == period.bought + period.returned + period.cancelled + period.open
        assert period.bought <= period.mature_ordered <= period.ordered
        for share in (period.share, period.open_share, period.mature_share):
            assert share is None or 0 <= share <= 100
        if period.share is not None and period.mature_share is not None:
            assert period.share <= period.mature_share
    for shorter, longer in pairwise(periods):
        assert shorter.ordered <= longer.ordered
