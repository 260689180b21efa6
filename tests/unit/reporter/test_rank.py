"""ABC and XYZ."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.sections.rank import Standing, letters, ranks, steadiness


def amounts(*values: float) -> dict[int, Decimal]:
    return {nm_id: Decimal(str(value)) for nm_id, value in enumerate(values, 1)}


class TestAbc:
    def test_the_item_that_crosses_80_percent_is_a(self) -> None:
        assert letters(amounts(50, 25, 15, 7, 3)) == {1: "A", 2: "A", 3: "A", 4: "B", 5: "C"}

    def test_one_that_begins_at_80_percent_is_b_and_at_95_c(self) -> None:
        assert letters(amounts(80, 15, 5)) == {1: "A", 2: "B", 3: "C"}

    def test_a_single_item_is_a(self) -> None:
        assert letters(amounts(1)) == {1: "A"}

    def test_equal_items_go_by_number(self) -> None:
        assert letters({2: Decimal(50), 1: Decimal(50)}) == {1: "A", 2: "A"}
        assert letters({3: Decimal(45), 2: Decimal(45), 1: Decimal(10)}) == {2: "A", 3: "A", 1: "B"}

    def test_what_brought_nothing_or_a_loss_is_c_and_no_part_of_the_whole(self) -> None:
        assert letters(amounts(90, 10, 0, -500)) == {1: "A", 2: "B", 3: "C", 4: "C"}

    def test_where_nothing_was_earned_nobody_has_a_letter(self) -> None:
        assert letters(amounts(0, -5)) == {}
        assert letters({}) == {}


class TestXyz:
    def test_up_to_10_percent_is_x_up_to_25_y(self) -> None:
        found = [steadiness(Decimal(each)) for each in ("0.00", "10.00", "10.01", "25.00", "25.01")]
        assert found == ["X", "X", "Y", "Y", "Z"]

    def test_of_few_weeks_it_is_unknown(self) -> None:
        assert steadiness(None) is None


def test_an_item_is_ranked_by_revenue_and_by_profit_where_it_is_known() -> None:
    found = ranks(
        {
            1: Standing(Decimal(900), Decimal(-5), weeks=12, weekly_variation=Decimal("9.5")),
            2: Standing(Decimal(100), Decimal(50)),
            3: Standing(Decimal(-1), None),
        }
    )
    assert [(rank.abc_revenue, rank.revenue_share, rank.abc_profit) for rank in found.values()] == [
        ("A", Decimal("90.00"), "C"), ("B", Decimal("10.00"), "A"), ("C", Decimal("0.00"), None),
    ]  # fmt: skip
    assert (found[1].xyz, found[1].weeks, found[1].weekly_variation) == ("X", 12, Decimal("9.5"))


def test_without_revenue_there_is_no_share() -> None:
    assert ranks({1: Standing(Decimal(0), None)})[1].revenue_share is None


money = st.decimals(-1000, 100_000, places=2)


@given(st.dictionaries(st.integers(1, 50), money, min_size=1))
def test_a_larger_base_never_has_a_worse_letter(bases: dict[int, Decimal]) -> None:
    found = letters(bases)
    ordered = sorted(found, key=lambda nm_id: -bases[nm_id])
    assert [found[nm_id] for nm_id in ordered] == sorted(found[nm_id] for nm_id in ordered)
    whole = sum((max(base, Decimal(0)) for base in bases.values()), Decimal(0))
    if whole:
        assert sum((bases[nm_id] for nm_id, letter in found.items() if letter == "A"), Decimal(0)) * 100 >= 80 * whole


@given(st.dictionaries(st.integers(1, 50), st.builds(Standing, money, st.none() | money), min_size=1))
def test_shares_lie_within_0_and_100_and_add_up(items: dict[int, Standing]) -> None:
    shares = [rank.revenue_share for rank in ranks(items).values() if rank.revenue_share is not None]
    assert all(0 <= share <= 100 for share in shares)
    if shares:
        assert abs(sum(shares, Decimal(0)) - 100) <= Decimal("0.005") * len(shares)
