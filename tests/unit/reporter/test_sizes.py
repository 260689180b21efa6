"""Whatever a size is called by, it is found on the card."""

from reporter.figures.sizes import Card

CARD = Card.of(
    [
        {"chrt_id": 12, "tech_size": "M", "skus": ["200", "201"]},
        {"chrt_id": 11, "tech_size": None, "skus": ["201", "300"]},
    ]
)


def test_a_size_goes_by_its_id_its_barcode_or_its_label() -> None:
    assert CARD.size_of(11, "200", "M") == 11
    assert CARD.size_of(None, "200", "S") == 12
    assert CARD.size_of(None, "999", "M") == 12
    assert CARD.size_of(None, None, None) is None
    assert CARD.size_of(0, "", "") is None


def test_of_two_sizes_with_one_barcode_it_is_the_first() -> None:
    assert CARD.size_of(None, "201", None) == 12


def test_sizes_come_in_the_order_of_the_card_then_by_number() -> None:
    assert CARD.in_order([30, 11, 20]) == [12, 11, 20, 30]
    assert Card().in_order([30, 20]) == [20, 30]
