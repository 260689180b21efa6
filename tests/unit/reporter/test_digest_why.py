"""What changed and why: the parts add up to the whole, whatever the items came to."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from contracts.digests import MAX_NAMED, DigestKind
from hypothesis import given
from hypothesis import strategies as st
from reporter.digests.periods import Days, ended
from reporter.digests.why import Effect, ItemChange, Ordered, decompose, effects, total

counts = st.integers(0, 500)
sums = st.decimals(0, 10**7, places=4)
days_in_stock = st.none() | st.integers(0, 31)


@st.composite
def an_ordered(draw: st.DrawFn) -> Ordered:
    orders = draw(counts)
    return Ordered(orders, draw(sums) if orders else Decimal(0), draw(counts), draw(days_in_stock))


changes = st.lists(st.tuples(an_ordered(), an_ordered()), max_size=8).map(
    lambda pairs: [ItemChange(nm_id, before, now) for nm_id, (before, now) in enumerate(pairs, 1)]
)
lengths = st.sampled_from([(1, 1), (7, 7), (30, 31), (31, 28), (28, 31)])


def ordered(orders: int, price: str = "100", **other: int | None) -> Ordered:
    return Ordered(orders, orders * Decimal(price), **other)  # type: ignore[arg-type]


def only(before: Ordered, now: Ordered, days: tuple[int, int] = (7, 7)) -> dict[str, tuple[str, str]]:
    """The effects that are not nothing."""
    found = effects(ItemChange(1, before, now), *days)
    return {c: (str(e.orders), str(e.orders_sum)) for c, e in found.items() if e != Effect()}


class TestParts:
    @given(changes, lengths)
    def test_add_up_to_the_whole_to_the_last_digit(self, changes: list[ItemChange], lengths: tuple[int, int]) -> None:
        whole = total(decompose(changes, *lengths))
        assert whole.orders == sum(change.now.orders - change.before.orders for change in changes)
        assert whole.orders_sum == sum(change.now.orders_sum - change.before.orders_sum for change in changes)

    @given(changes, lengths)
    def test_of_all_items_are_those_of_each(self, changes: list[ItemChange], lengths: tuple[int, int]) -> None:
        parts = {part.cause: part.effect for part in decompose(changes, *lengths)}
        for cause in ("calendar", "stock", "adverts", "demand", "new", "gone", "price"):
            each = [effects(change, *lengths).get(cause, Effect()) for change in changes]
            assert parts.get(cause, Effect()) == sum(each, Effect())

    @given(changes, lengths)
    def test_come_the_largest_first_and_name_their_largest_items(
        self, changes: list[ItemChange], lengths: tuple[int, int]
    ) -> None:
        parts = decompose(changes, *lengths)
        sizes = [abs(part.effect.orders_sum) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
        for part in parts:
            amounts = [abs(amount) for _, amount in part.items]
            assert amounts == sorted(amounts, reverse=True)
            assert len(amounts) <= MAX_NAMED

    def test_are_the_same_in_whatever_order_items_come(self) -> None:
        some = [ItemChange(n, ordered(n + 1), ordered(3 * n % 5, "90")) for n in range(9)]
        assert decompose(some, 7, 7) == decompose(list(reversed(some)), 7, 7)

    def test_are_none_where_nothing_changed(self) -> None:
        assert decompose([ItemChange(1, ordered(5), ordered(5))], 7, 7) == []


class TestCauses:
    def test_more_orders_at_the_same_price_are_demand(self) -> None:
        assert only(ordered(4), ordered(6)) == {"demand": ("2.00", "200.00")}

    def test_another_price_is_price_and_no_orders(self) -> None:
        assert only(ordered(4), ordered(4, "110")) == {"price": ("0.00", "40.00")}

    def test_orders_count_at_the_price_before(self) -> None:
        assert only(ordered(4), ordered(6, "110")) == {"demand": ("2.00", "200.00"), "price": ("0.00", "60.00")}

    def test_days_without_stock_cost_what_the_other_days_brought(self) -> None:
        found = only(ordered(14, days_in_stock=7), ordered(8, days_in_stock=4))
        assert found == {"stock": ("-6.00", "-600.00")}

    def test_an_item_that_is_back_in_stock(self) -> None:
        assert only(ordered(0, days_in_stock=0), ordered(3)) == {"stock": ("3", "300")}

    def test_an_item_that_was_never_ordered_before(self) -> None:
        assert only(ordered(0), ordered(3)) == {"new": ("3", "300")}

    def test_an_item_that_was_out_of_stock_all_the_time(self) -> None:
        found = only(ordered(7, days_in_stock=7), ordered(0, days_in_stock=0))
        assert found == {"stock": ("-7.00", "-700.00")}

    def test_an_item_that_nobody_ordered_any_more(self) -> None:
        assert only(ordered(7), ordered(0)) == {"gone": ("-7.00", "-700.00")}

    def test_stock_that_is_unknown_is_no_cause(self) -> None:
        assert only(ordered(14, days_in_stock=None), ordered(8, days_in_stock=4)) == {"demand": ("-6.00", "-600.00")}
        assert only(ordered(14, days_in_stock=0), ordered(8, days_in_stock=4)) == {"demand": ("-6.00", "-600.00")}

    def test_orders_from_adverts_are_told_apart(self) -> None:
        found = only(ordered(10, from_adverts=2), ordered(15, from_adverts=5))
        assert found == {"adverts": ("3.00", "300.00"), "demand": ("2.00", "200.00")}

    def test_adverts_never_bring_more_than_was_ordered(self) -> None:
        found = only(ordered(10, from_adverts=99), ordered(15, from_adverts=99))
        assert found == {"adverts": ("5.00", "500.00")}

    def test_a_longer_month_is_calendar(self) -> None:
        assert only(ordered(28), ordered(31), (28, 31)) == {"calendar": ("3.00", "300.00")}
        in_stock = ordered(28, days_in_stock=28), ordered(31, days_in_stock=31)
        assert only(*in_stock, (28, 31)) == {"calendar": ("3.00", "300.00")}

    def test_what_does_not_divide_is_rounded_once_and_nothing_is_lost(self) -> None:
        before, now = Ordered(3, Decimal("100.0001")), Ordered(4, Decimal("133.37"))
        assert only(before, now) == {"demand": ("1.00", "33.33"), "price": ("0.00", "0.0399")}


class TestPeriods:
    @pytest.mark.parametrize(
        ("kind", "today", "now", "before"),
        [
            ("day", "2026-11-20", ("2026-11-19", "2026-11-19"), ("2026-11-18", "2026-11-18")),
            ("week", "2026-11-22", ("2026-11-09", "2026-11-15"), ("2026-11-02", "2026-11-08")),
            ("week", "2026-11-23", ("2026-11-16", "2026-11-22"), ("2026-11-09", "2026-11-15")),
            ("month", "2026-11-30", ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")),
            ("month", "2027-01-01", ("2026-12-01", "2026-12-31"), ("2026-11-01", "2026-11-30")),
            ("month", "2028-03-01", ("2028-02-01", "2028-02-29"), ("2028-01-01", "2028-01-31")),
        ],
    )
    def test_the_last_one_that_has_ended(
        self, kind: str, today: str, now: tuple[str, str], before: tuple[str, str]
    ) -> None:
        period = ended(DigestKind(kind), date.fromisoformat(today))
        assert period.now == Days(*map(date.fromisoformat, now))
        assert period.before == Days(*map(date.fromisoformat, before))

    @given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.sampled_from(DigestKind))
    def test_lie_side_by_side_before_today(self, today: date, kind: DigestKind) -> None:
        period = ended(kind, today)
        assert period.before.last + timedelta(days=1) == period.now.first
        assert period.now.first <= period.now.last < today
        assert {len(period.now), len(period.before)} <= {
            DigestKind.DAY: {1},
            DigestKind.WEEK: {7},
            DigestKind.MONTH: {28, 29, 30, 31},
        }[kind]
        assert (today - period.now.last).days <= {DigestKind.DAY: 1, DigestKind.WEEK: 7, DigestKind.MONTH: 31}[kind]
