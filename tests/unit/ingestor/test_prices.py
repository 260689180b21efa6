"""Prices: a good is a row for each size, and pages are counted in goods."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import prices
from ingestor.resources.resource import Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/prices_list.json"
SIZE: dict[str, Any] = {
    "sizeID": 11,
    "price": 500,
    "discountedPrice": 350,
    "clubDiscountedPrice": 332.5,
    "techSizeName": "42",
}
GOOD: dict[str, Any] = {
    "nmID": 5,
    "vendorCode": "m-1",
    "sizes": [SIZE, SIZE | {"sizeID": 12, "techSizeName": "44"}],
    "currencyIsoCode4217": "RUB",
    "discount": 30,
    "clubDiscount": 5,
    "editableSizePrice": True,
    "wholesaleDiscountThreshold": [{"minQuantity": 10, "wholesaleDiscount": 10, "level": 1}],
}


def answer(*goods: Any) -> bytes:
    return json.dumps({"data": {"listGoods": goods}, "error": False, "errorText": ""}).encode()


def rows(*goods: Any) -> list[dict[str, Any]]:
    page = parsed(prices.RESOURCE, answer(*goods))
    assert not page.broken
    return [fields(prices.RESOURCE, row) for row in page.rows]


class TestRead:
    def test_each_size_is_a_row_with_what_it_shares_with_the_others(self) -> None:
        first, second = rows(GOOD)
        assert first == {
            "nm_id": 5,
            "size_id": 11,
            "vendor_code": "m-1",
            "tech_size_name": "42",
            "price": Decimal(500),
            "discounted_price": Decimal(350),
            "club_discounted_price": Decimal("332.50"),
            "discount": 30,
            "club_discount": 5,
            "currency": "RUB",
            "editable_size_price": True,
        }
        assert (second["size_id"], second["tech_size_name"]) == (12, "44")

    def test_a_good_and_a_size_of_only_their_ids_are_read(self) -> None:
        [row] = rows({"nmID": 5, "sizes": [{"sizeID": 11}], "newField": 1})
        assert {name for name, value in row.items() if value is not None} == {"nm_id", "size_id"}

    def test_a_price_of_zero_is_unknown_but_a_discount_of_zero_is_none(self) -> None:
        [row] = rows(GOOD | {"discount": 0, "sizes": [SIZE | {"price": 0, "discountedPrice": 0}]})
        assert (row["price"], row["discounted_price"], row["discount"]) == (None, None, 0)

    def test_a_shared_field_is_in_the_bytes_of_every_size(self) -> None:
        before, after = prices.read(answer(GOOD)).rows, prices.read(answer(GOOD | {"discount": 31})).rows
        assert all(bytes(a) != bytes(b) for a, b in zip(before, after, strict=True))
        assert prices.read(answer(GOOD)).rows == before

    @pytest.mark.parametrize(
        "broken",
        [
            5,
            None,
            {"sizes": "none"},
            {"nmID": 6},
            GOOD | {"nmID": 0},
            GOOD | {"sizes": None},
        ],
    )
    def test_a_broken_good_is_set_aside_and_takes_no_other_with_it(self, broken: Any) -> None:
        page = parsed(prices.RESOURCE, answer({"nmID": 4, "sizes": [SIZE]}, broken, {"nmID": 9, "sizes": [SIZE]}))
        assert [row[0] for row in page.rows] == [4, 9]
        assert page.broken
        assert prices.read(answer(broken)).after == 1

    @pytest.mark.parametrize("broken", [5, {}, SIZE | {"sizeID": 2**63}])
    def test_a_broken_size_leaves_the_others_of_its_good(self, broken: Any) -> None:
        page = parsed(prices.RESOURCE, answer(GOOD | {"sizes": [SIZE, broken, SIZE | {"sizeID": 13}]}))
        assert [row[1] for row in page.rows] == [11, 13]
        assert len(page.broken) == 1

    def test_no_goods_are_no_rows_but_an_answer_without_them_is_none_of_the_method(self) -> None:
        assert prices.read(answer()).rows == []
        for body in (b'{"data": null, "error": true, "errorText": "Access denied"}', b'{"data": {"goods": [{}]}}'):
            with pytest.raises(Unavailable):
                read(prices.RESOURCE, body)

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists), st.data())
    def test_no_value_in_any_field_gets_past_as_an_accident(self, value: Any, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from([*sorted(GOOD), *sorted(SIZE)]))
        good = GOOD | ({field: value} if field in GOOD else {"sizes": [SIZE | {field: value}]})
        try:
            page = parsed(prices.RESOURCE, answer(good))
        except Unavailable:
            return  # lone surrogates are no JSON: the whole answer is refused
        for row in page.rows:
            assert told(prices.RESOURCE, change(prices.RESOURCE, row))

    if EXAMPLE.exists():

        def test_wbs_own_example_is_read(self) -> None:
            page = parsed(prices.RESOURCE, EXAMPLE.read_bytes())
            assert not page.broken
            assert [row[:2] for row in page.rows] == [(98486, 3123515574)]


class TestPaging:
    def test_pages_are_counted_in_goods_and_joined_by_one(self) -> None:
        position = prices.begin(None, Start(NOW, False, 3))
        assert prices.ask(position) == {"params": {"limit": "3", "offset": "0"}}
        page = prices.read(answer(GOOD, GOOD, GOOD))
        assert (len(page.rows), page.after) == (6, 3)
        step = prices.advance(position, Seen(page.rows, after=page.after))
        assert not step.done
        assert prices.ask(step.position) == {"params": {"limit": "3", "offset": "2"}}, "from the last good on"
        assert prices.begin(step.position, Start(NOW, True, 1000)) == step.position
        last = prices.advance(step.position, Seen(page.rows[:4], after=2, repeated=2))
        assert (last.done, last.whole, last.position) == (True, True, {})

    def test_a_page_that_does_not_join_or_has_a_row_without_a_key_tells_nothing_of_what_is_gone(self) -> None:
        first = prices.advance(prices.begin(None, Start(NOW, False, 2)), Seen([], after=2))
        assert not prices.advance(first.position, Seen([], after=1, repeated=0)).whole
        broken = prices.advance(prices.begin(None, Start(NOW, False, 2)), Seen([], broken=1, after=2))
        assert not prices.advance(broken.position, Seen([], after=1, repeated=1)).whole

    def test_no_more_is_asked_than_wb_gives(self) -> None:
        assert prices.begin({}, Start(NOW, False, 100_000))["limit"] == 1000


def test_an_event_says_what_the_row_says() -> None:
    first, second = parsed(prices.RESOURCE, answer(GOOD)).rows
    changed = change(prices.RESOURCE, first, 2, {"discount": 10})
    gone = change(prices.RESOURCE, second, 3, {}, gone=True)
    [event] = told(prices.RESOURCE, changed, gone)
    told_first, told_second = event.data.prices
    assert (told_first.change, told_first.previous, told_first.price) == ("changed", {"discount": 10}, Decimal(500))
    assert (told_second.change, told_second.discounted_price) == ("gone", Decimal(350))
