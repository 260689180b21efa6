"""Cards and stocks: how a row is read, and how pages follow one another."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ingestor.resources import RESOURCES, offsets, products, stocks
from ingestor.resources.resource import Resource, Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, parsed, told

START = Start(NOW, False, 1000)
EXAMPLES = Path(__file__).parents[4] / "shared/wb/samples/official-examples"
CARD: dict[str, Any] = {
    "nmID": 5,
    "imtID": 6,
    "subjectID": 7,
    "subjectName": "Кружки",
    "vendorCode": "m-1",
    "brand": "Б",
    "title": "Кружка",
    "photos": [{"big": "https://big", "c516x688": "https://small"}],
    "sizes": [{"chrtID": 8, "techSize": "0", "skus": ["111", ""]}],
    "updatedAt": "2023-12-06T11:17:00.96577Z",
}
STOCK: dict[str, Any] = {"nmId": 5, "chrtId": 8, "warehouseId": -999999, "warehouseName": "Склад WB", "quantity": 3}


def seen(rows: int, *, broken: int = 0, repeated: int = 0) -> Seen:
    return Seen([raw({})] * rows, (), broken, None, repeated)


def raw(row: dict[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(row).encode())


class TestProducts:
    def test_a_card_is_read_with_its_main_photo_and_sizes(self) -> None:
        [event] = told(products.RESOURCE, change(products.RESOURCE, products.parse(raw(CARD), NOW)))
        [card] = event.data.products
        assert card.photo == "https://small"
        assert card.sizes[0].chrt_id == 8
        assert card.sizes[0].skus == ("111",)
        assert card.change == "new"
        assert card.updated_at == datetime(2023, 12, 6, 11, 17, 0, 965770, tzinfo=UTC)

    @pytest.mark.parametrize(("photos", "expected"), [([], None), (None, None), ([{"big": "https://b"}], "https://b")])
    def test_a_card_may_lack_photos(self, photos: Any, expected: str | None) -> None:
        row = products.parse(raw(CARD | {"photos": photos}), NOW)
        [event] = told(products.RESOURCE, change(products.RESOURCE, row, 2, {}))
        [card] = event.data.products
        assert card.photo == expected
        assert card.change == "changed"

    def test_the_cursor_is_sent_back_verbatim_until_a_page_is_not_full(self) -> None:
        position = products.begin(None, Start(NOW, False, 2))
        assert products.ask(position)["json"]["settings"]["cursor"] == {"limit": 2}
        body = {"cards": [CARD, CARD], "cursor": {"updatedAt": CARD["updatedAt"], "nmID": 5, "total": 2}}
        page = products.read(json.dumps(body).encode())
        step = products.advance(position, Seen([raw({})] * 2, after=page.after))
        assert not step.done
        assert products.ask(step.position)["json"]["settings"]["cursor"] == {
            "limit": 2,
            "updatedAt": "2023-12-06T11:17:00.96577Z",
            "nmID": 5,
        }
        assert products.advance(step.position, Seen([raw({})] * 2, after=page.after)).done, "the cursor stands still"
        last = products.read(b'{"cards": null, "cursor": {"total": 0}}')
        end = products.advance(step.position, Seen([], after=last.after))
        assert end.position == {"limit": 2, "updatedAt": CARD["updatedAt"], "nmID": 5}

    @pytest.mark.parametrize(
        "nothing", [{"updatedAt": "", "nmID": 0}, {"updatedAt": "0001-01-01T00:00:00Z", "nmID": 0}]
    )
    def test_an_empty_cursor_does_not_take_the_watermarks_place(self, nothing: dict[str, Any]) -> None:
        position = {"limit": 2, "updatedAt": CARD["updatedAt"], "nmID": 5}
        page = products.read(json.dumps({"cards": [], "cursor": {**nothing, "total": 0}}).encode())
        step = products.advance(position, Seen([], after=page.after))
        assert step.done
        assert step.position == position


class TestStocks:
    def test_a_row_is_read(self) -> None:
        [event] = told(stocks.RESOURCE, change(stocks.RESOURCE, stocks.parse(raw(STOCK), NOW)))
        [row] = event.data.stocks
        assert (row.nm_id, row.quantity, row.in_way_to_client, row.observed_at) == (5, 3, None, NOW)
        assert row.change == "new"

    def test_changed_and_gone_are_told_apart(self) -> None:
        row = stocks.parse(raw(STOCK), NOW)
        changed = change(stocks.RESOURCE, row, 2, {"quantity": 1})
        gone = change(stocks.RESOURCE, row, 3, {"quantity": 3}, gone=True)
        [event] = told(stocks.RESOURCE, changed, gone)
        assert [stock.change for stock in event.data.stocks] == ["changed", "gone"]

    def test_pages_are_read_until_one_is_not_full(self) -> None:
        position = stocks.begin(None, Start(NOW, False, 2))
        step = offsets.advance(position, seen(2))
        assert not step.done
        assert stocks.ask(step.position) == {"json": {"limit": 2, "offset": 1}}, "from the last row on"
        assert stocks.begin(step.position, START) == step.position
        last = offsets.advance(step.position, seen(1, repeated=1))
        assert last.done
        assert last.whole
        assert stocks.begin(last.position, Start(NOW, False, 2)) == position

    def test_a_re_read_with_a_broken_row_is_not_whole(self) -> None:
        position = stocks.begin(None, Start(NOW, False, 2))
        step = offsets.advance(position, seen(2, broken=1))
        assert not offsets.advance(step.position, seen(1, repeated=1)).whole

    def test_a_re_read_whose_pages_do_not_join_is_not_whole(self) -> None:
        step = offsets.advance(stocks.begin(None, Start(NOW, False, 2)), seen(2))
        assert not offsets.advance(step.position, seen(1, repeated=0)).whole, "rows between them were skipped"

    def test_no_content_is_no_rows(self) -> None:
        assert stocks.read(b"").rows == []

    def test_an_answer_without_rows_is_not_taken_for_a_shop_without_stock(self) -> None:
        with pytest.raises(Unavailable):
            read(stocks.RESOURCE, b'{"data": {}, "error": true}')

    def test_negative_units_are_set_aside(self) -> None:
        items = [STOCK, STOCK | {"chrtId": 9, "quantity": -1}]
        page = parsed(stocks.RESOURCE, json.dumps({"data": {"items": items}}).encode())
        assert (len(page.rows), len(page.broken)) == (1, 1)


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)
@pytest.mark.parametrize("body", [b"{", b'"text"', b"[[" * 3000, b'{"error": true}', b"[{}, {", b"\xff"])
def test_an_answer_that_is_none_of_the_method_is_unavailable(resource: Resource, body: bytes) -> None:
    with pytest.raises(Unavailable):
        read(resource, body)


if EXAMPLES.exists():

    @pytest.mark.parametrize(
        ("resource", "example"), [(products.RESOURCE, "cards_list"), (stocks.RESOURCE, "stocks_wb_warehouses")]
    )
    def test_wbs_own_examples_are_read(resource: Resource, example: str) -> None:
        page = parsed(resource, (EXAMPLES / f"{example}.json").read_bytes())
        assert page.rows
        assert not page.broken
        assert told(resource, *[change(resource, row) for row in page.rows])
