"""Days in stock, from the days on which rows of stock changed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.stock_days import ItemStock, StockDays, StockRow, bits, choose

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)


def row(
    *days: tuple[int, int, int], source: str = "wb", chrt_id: int | None = 10, observed_ago: int | None = None
) -> StockRow:
    """Days (how many ago, the most seen, left at its end), the oldest first."""
    ago, most, left = zip(*days, strict=True)
    observed = NOON - timedelta(days=ago[-1] if observed_ago is None else observed_ago)
    return StockRow(source, chrt_id, ago, most, left, observed)


def listed(days: int) -> list[int]:
    return [ago for ago in range(200) if days >> ago & 1]


def test_a_day_without_a_change_is_as_the_one_before_it_ended() -> None:
    assert listed(row((5, 3, 3), (2, 1, 0)).in_stock()) == [2, 3, 4, 5]


def test_the_day_on_which_the_last_piece_went_is_in_stock() -> None:
    assert listed(row((4, 3, 3), (2, 0, 0)).in_stock()) == [2, 3, 4]


def test_the_open_day_is_in_stock_if_there_was_any_at_any_time_of_it() -> None:
    assert listed(row((3, 0, 0), (0, 4, 0)).in_stock()) == [0]
    assert listed(row((3, 4, 4)).in_stock()) == [0, 1, 2, 3]
    assert listed(row((1, 4, 4), (0, 0, 0)).in_stock()) == [0, 1]


def test_before_the_first_look_nothing_is_known() -> None:
    stock = ItemStock.of([row((3, 0, 0))])
    assert stock.days() == StockDays(known=bits(0, 3), in_stock=0)
    assert stock.left(10) == [0, 0, 0, 0]
    assert ItemStock.of([]).days() == StockDays(0, 0)


def test_an_item_is_in_stock_while_any_size_at_any_warehouse_is() -> None:
    stock = ItemStock.of([row((6, 2, 2), (4, 0, 0)), row((2, 1, 1), chrt_id=11), row((5, 1, 0), source="own")])
    assert listed(stock.days().in_stock) == [0, 1, 2, 4, 5, 6]
    assert {chrt_id: listed(days.in_stock) for chrt_id, days in stock.by_size().items()} == {
        10: [4, 5, 6],
        11: [0, 1, 2],
    }
    assert {days.known for days in stock.by_size().values()} == {bits(0, 6)}


def test_a_row_of_no_size_of_the_card_is_the_items_all_the_same() -> None:
    stock = ItemStock.of([row((6, 2, 2), chrt_id=None)])
    assert listed(stock.days().in_stock) == list(range(7))
    assert stock.by_size() == {}


def test_what_is_left_at_the_end_of_a_day_is_added_up() -> None:
    stock = ItemStock.of([row((6, 9, 7), (2, 7, 5)), row((4, 3, 3), chrt_id=11)])
    assert stock.left(10) == [8, 8, 8, 10, 10, 7, 7]
    assert stock.left(4) == [8, 8, 8, 10]


class TestTwoReportsOfWarehouses:
    """Remains stand in where stocks cannot be read."""

    def test_the_one_that_changed_last_counts(self) -> None:
        earlier, later = NOON - timedelta(1), NOON
        assert choose({"wb": earlier, "remains": later, "own": NOON + timedelta(1)}) == "remains"
        assert choose({"wb": later, "remains": later}) == "wb"
        assert choose({"own": later}) is None

    def test_the_other_counts_until_the_newer_one_began(self) -> None:
        stock = ItemStock.of([row((9, 5, 5), (8, 5, 4)), row((3, 2, 2), source="remains")])
        assert listed(stock.days().in_stock) == list(range(10))
        assert stock.left(20) == [2, 2, 2, 6, 4, 4, 4, 4, 4, 5]

    def test_what_the_other_left_is_not_there_any_more(self) -> None:
        stock = ItemStock.of([row((9, 5, 5), (5, 5, 4)), row((7, 2, 2), (3, 0, 0), source="remains")])
        assert listed(stock.days().in_stock) == [3, 4, 5, 6, 7, 8, 9]
        assert stock.left(6) == [0, 0, 0, 0, 2, 6]


class TestOutSince:
    def test_it_is_the_day_on_which_the_last_piece_went(self) -> None:
        assert StockDays(bits(0, 9), bits(4, 7)).out_since() == 4

    def test_what_never_was_in_stock_or_long_ago_did_not_run_out(self) -> None:
        assert StockDays(bits(0, 9), 0).out_since() is None
        assert StockDays(bits(0, 120), bits(90, 120)).out_since() == 90
        assert StockDays(bits(0, 120), bits(91, 120)).out_since() is None


changes = st.dictionaries(
    st.integers(0, 40), st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12
).map(lambda days: [(ago, max(most, left), left) for ago, (most, left) in sorted(days.items(), reverse=True)])


@given(changes)
def test_a_day_is_in_stock_exactly_if_a_walk_through_the_days_finds_some(days: list[tuple[int, int, int]]) -> None:
    by_ago = {ago: (most, left) for ago, most, left in days}
    found, carried = [], 0
    for ago in range(days[0][0], -1, -1):
        most, left = by_ago.get(ago, (carried, carried))
        if most or carried:
            found.append(ago)
        carried = left
    assert listed(row(*days).in_stock()) == found[::-1]
    assert ItemStock.of([row(*days)]).left(1) == [carried]


@given(st.lists(changes, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_order_of_rows_matters_and_sizes_are_never_in_stock_without_their_item(
    histories: "list[list[tuple[int, int, int]]]", shuffling: "object"
) -> None:
    rows = [row(*days, chrt_id=10 + n % 2, source=("wb", "own", "remains")[n % 3]) for n, days in enumerate(histories)]
    stock = ItemStock.of(rows)
    shuffling.shuffle(rows)  # type: ignore[attr-defined]
    again = ItemStock.of(rows)
    assert (again.days(), again.by_size(), again.left(50)) == (stock.days(), stock.by_size(), stock.left(50))
    whole = stock.days()
    assert whole.in_stock & ~whole.known == 0
    for size in stock.by_size().values():
        assert size.in_stock & ~whole.in_stock == 0
