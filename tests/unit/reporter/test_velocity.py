"""Velocity: pieces a day, of all days and of those in stock."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.demand import Demand, ItemDemand, days_of
from reporter.figures.sections.velocity import speed, variation, velocity, weekly_orders
from reporter.figures.sizes import Card
from reporter.figures.stock_days import ItemStock, StockDays, bits

FRIDAY = date(2026, 11, 20)
ALWAYS = StockDays(bits(0, 90), bits(0, 90))


def test_days_without_stock_do_not_lower_the_corrected_velocity() -> None:
    out_for_three_days = Demand({0: 4, 6: 4}, {1: 4}, StockDays(bits(0, 90), bits(0, 0) | bits(4, 90)))
    assert speed(out_for_three_days, 7) == {
        "period_days": 7,
        "orders": Decimal("1.1429"),
        "sales": Decimal("0.5714"),
        "days_in_stock": 4,
        "orders_in_stock": Decimal("2.0000"),
        "sales_in_stock": Decimal("1.0000"),
    }


def test_an_order_proves_stock_that_nobody_saw() -> None:
    assert speed(Demand({2: 3}, {}, StockDays(bits(0, 90), 0)), 7)["days_in_stock"] == 1


def test_before_the_stock_was_first_seen_no_day_is_corrected() -> None:
    seen_two_days_ago = Demand({1: 6, 5: 50}, {6: 9}, StockDays(bits(0, 2), bits(0, 2)))
    found = speed(seen_two_days_ago, 7)
    assert (found["orders"], found["days_in_stock"]) == (Decimal("8.0000"), 3)
    assert (found["orders_in_stock"], found["sales_in_stock"]) == (Decimal("2.0000"), Decimal("0.0000"))


def test_unknown_stock_and_no_day_in_stock_are_not_the_same() -> None:
    unknown, out = speed(Demand({20: 1}, {}), 7), speed(Demand({}, {3: 1}, StockDays(bits(0, 90), bits(50, 60))), 7)
    assert (unknown["days_in_stock"], unknown["orders_in_stock"]) == (None, None)
    assert (out["days_in_stock"], out["orders_in_stock"], out["sales"]) == (0, None, Decimal("0.1429"))


class TestWeeks:
    def test_they_are_whole_weeks_from_monday_to_sunday_before_this_one(self) -> None:
        # Friday: Monday was 4 days ago, so last week is 5 to 11 days ago.
        orders = {4: 100, 5: 1, 11: 2, 12: 5, 18: 1, 88: 7, 89: 100}
        assert weekly_orders(orders, bits(0, 90), FRIDAY) == [3, 6, *[0] * 9, 7]

    def test_on_monday_the_week_that_ended_yesterday_is_the_newest(self) -> None:
        assert weekly_orders({0: 9, 1: 2, 7: 1, 8: 4}, bits(0, 14), date(2026, 11, 23)) == [3, 4]

    def test_on_sunday_this_week_is_not_over(self) -> None:
        assert weekly_orders({0: 9, 6: 9, 7: 2, 90: 1}, bits(0, 90), date(2026, 11, 22))[::11] == [2, 1]

    def test_a_week_with_a_day_without_stock_is_left_out(self) -> None:
        assert len(weekly_orders({}, bits(0, 90) & ~bits(7, 7), FRIDAY)) == 11

    def test_their_variation_is_in_percent_of_the_mean(self) -> None:
        assert variation([8, 12, 8, 12]) == Decimal("20.00")
        assert variation([10] * 12) == Decimal("0.00")

    def test_of_few_weeks_or_no_orders_it_is_unknown(self) -> None:
        assert variation([10, 10, 10]) is None
        assert variation([0, 0, 0, 0]) is None


def test_the_section_holds_periods_sizes_and_weeks() -> None:
    whole = Demand({ago: 2 for ago in range(91)}, {}, ALWAYS, 90)
    size = Demand({ago: 1 for ago in range(31)}, {}, ALWAYS, 90)
    found = velocity(ItemDemand(whole, {11: size, 10: Demand(stock=ALWAYS)}, Card(), ItemStock()), FRIDAY)
    assert [each.period_days for each in found.periods] == [7, 14, 30, 60, 90]
    assert [(each.chrt_id, each.period_days, each.orders) for each in found.sizes] == [
        (11, 14, Decimal(1)), (11, 30, Decimal(1)), (10, 14, Decimal(0)), (10, 30, Decimal(0)),
    ]  # fmt: skip
    assert (found.weeks, found.weekly_variation) == (12, Decimal("0.00"))


pieces = st.dictionaries(st.integers(0, 90), st.integers(0, 50), max_size=40)
masks = st.integers(0, (1 << 91) - 1)


@given(pieces, pieces, masks, st.integers(0, 90), st.sampled_from((7, 14, 30, 60, 90)))
def test_a_correction_never_lowers_a_velocity_that_is_known_throughout(
    orders: dict[int, int], sales: dict[int, int], in_stock: int, seen_ago: int, period: int
) -> None:
    known = bits(0, seen_ago)
    found = speed(Demand(orders, sales, StockDays(known, in_stock & known)), period)
    days = found["days_in_stock"]
    assert days is not None
    assert (days_of(orders) & known & bits(0, period - 1)).bit_count() <= days <= min(period, seen_ago + 1)
    assert (found["orders_in_stock"] is None) == (days == 0)
    if days and seen_ago >= period - 1:
        assert found["orders_in_stock"] >= found["orders"]
        assert found["sales_in_stock"] >= found["sales"]


@given(st.lists(pieces, min_size=1, max_size=4), masks)
def test_sizes_together_are_as_fast_as_their_item(by_size: list[dict[int, int]], in_stock: int) -> None:
    whole = {ago: sum(size.get(ago, 0) for size in by_size) for ago in range(91)}
    of_item = speed(Demand(whole, {}, StockDays(bits(0, 90), in_stock)), 30)
    of_sizes = [speed(Demand(size, {}, StockDays(bits(0, 90), 0)), 30) for size in by_size]
    assert abs(of_item["orders"] - sum(each["orders"] for each in of_sizes)) <= Decimal("0.0002")
    assert all(each["orders"] <= of_item["orders"] for each in of_sizes)
