"""The report of remains: how it is ordered, waited for and read."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import stock_remains
from ingestor.resources.resource import Position, Seen, Start, Step
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told
from support.wb_contract import SAMPLES, sample

REMAINS = stock_remains.RESOURCE
ENTRY: dict[str, Any] = {
    "brand": "Б",
    "subjectName": "Худи",
    "vendorCode": "HD-22",
    "nmId": 5,
    "barcode": "2039000118842",
    "techSize": "M",
    "volume": 1.33,
    "warehouses": [
        {"warehouseName": "В пути до получателей", "quantity": 14},
        {"warehouseName": "В пути возвраты на склад WB", "quantity": 4},
        {"warehouseName": "Всего находится на складах", "quantity": 134},
        {"warehouseName": "Невинномысск", "quantity": 134},
    ],
}
START = Start(NOW, False, 1000)


def rows(*entries: Any) -> list[dict[str, Any]]:
    found = parsed(REMAINS, json.dumps(entries).encode())
    assert not found.broken
    return [fields(REMAINS, row) for row in found.rows]


class TestRead:
    def test_each_warehouse_of_a_barcode_is_a_row_and_what_is_none_is_told_apart(self) -> None:
        found = rows(ENTRY)
        assert [(row["warehouse_name"], row["kind"], row["quantity"]) for row in found] == [
            ("В пути до получателей", "to_client", 14),
            ("В пути возвраты на склад WB", "from_client", 4),
            ("Всего находится на складах", "total", 134),
            ("Невинномысск", "warehouse", 134),
        ]
        same = {"nm_id": 5, "barcode": "2039000118842", "tech_size": "M", "vendor_code": "HD-22", "observed_at": NOW}
        assert all(same.items() <= row.items() for row in found)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("в  пути ВОЗВРАТЫ на склад WB", "from_client"),
            ("В пути до нового пункта", "to_client"),
            ("Склад WB", "warehouse"),
            ("Всеволожск", "warehouse"),
            ("Всего", "total"),
        ],
    )
    def test_kinds_are_known_by_how_wb_names_them(self, name: str, kind: str) -> None:
        assert stock_remains.kind_of(name) == kind

    def test_barcode_and_size_may_be_absent(self) -> None:
        [row] = rows({"nmId": 5, "warehouses": [{"warehouseName": "Склад WB", "quantity": 0}]})
        assert (row["barcode"], row["tech_size"], row["vendor_code"]) == ("", "", None)

    @pytest.mark.parametrize("nothing", [{}, {"warehouses": None}, {"warehouses": []}])
    def test_a_barcode_without_units_has_no_rows(self, nothing: dict[str, Any]) -> None:
        assert rows({"nmId": 5, **nothing}) == []

    @pytest.mark.parametrize(
        "broken",
        [
            {"warehouses": {"Склад WB": 1}},
            {"warehouses": [{"warehouseName": "Склад WB", "quantity": -1}]},
            {"warehouses": [{"warehouseName": None, "quantity": 1}]},
            {"warehouses": [None]},
            {"nmId": 0, "warehouses": ENTRY["warehouses"][:1]},
            {"barcode": "5" * 201, "warehouses": ENTRY["warehouses"][:1]},
            {"nmId": [], "warehouses": None},
        ],
    )
    def test_a_broken_entry_or_warehouse_breaks_only_itself(self, broken: dict[str, Any]) -> None:
        found = parsed(REMAINS, json.dumps([ENTRY, {**ENTRY, **broken}]).encode())
        assert len(found.rows) == 4
        assert len(found.broken) == (0 if broken == {"nmId": [], "warehouses": None} else 1)

    def test_an_entry_that_is_none_is_set_aside_whole(self) -> None:
        found = parsed(REMAINS, json.dumps([5, {"warehouses": []}, ENTRY]).encode())
        assert [row.body for row in found.broken] == [b"5", b'{"warehouses": []}']

    def test_a_shop_without_stock_may_get_no_content(self) -> None:
        assert read(REMAINS, b"").rows == []

    @pytest.mark.parametrize("beside", ['"extra":{"a":1}', '"list":[1]', '"error":false'])
    def test_the_task_is_found_whatever_else_stands_beside_it(self, beside: str) -> None:
        body = "{" + f'"data":{{"taskId":"b5a1",{beside}}},{beside}' + "}"
        assert stock_remains.read(body.encode()) == stock_remains.read(b'{"data":{"taskId":"b5a1"}}')

    @pytest.mark.parametrize("body", [b'{"tasks":[{}]}', b'{"code":"x"}', b"7"])
    def test_an_answer_of_another_method_is_unavailable(self, body: bytes) -> None:
        with pytest.raises(Unavailable):
            read(REMAINS, body)

    if SAMPLES.exists():

        def test_wbs_own_example_is_read(self) -> None:
            found = rows(*sample("warehouse_remains"))
            total = sum(row["quantity"] for row in found if row["kind"] == "warehouse")
            assert [total] == [row["quantity"] for row in found if row["kind"] == "total"]


def after(position: Position, body: bytes) -> Step:
    page = read(REMAINS, body)
    return stock_remains.advance(position, Seen(page.rows, after=page.after))


def state(word: str) -> bytes:
    return json.dumps({"data": {"id": "t-1", "status": word}}).encode()


class TestReport:
    def test_it_is_ordered_waited_for_and_downloaded(self) -> None:
        position = stock_remains.begin(None, START)
        grouped = {"groupBySa", "groupByNm", "groupByBarcode", "groupBySize"}
        assert stock_remains.ask(position) == {"params": {"locale": "ru", **dict.fromkeys(grouped, "true")}}
        ordered = after(position, b'{"data":{"taskId":"t-1"}}')
        asked = stock_remains.ask(ordered.position)
        assert (asked["method"].name, asked["path"]) == ("remains-status", {"task_id": "t-1"})
        for word in ("new", "processing", "queued"):
            waiting = after(ordered.position, state(word))
            assert (waiting.position, waiting.done) == (ordered.position, False)
            assert waiting.wait_seconds == ordered.wait_seconds == 5
        ready = after(ordered.position, state("done"))
        assert not ready.wait_seconds
        asked = stock_remains.ask(ready.position)
        assert (asked["method"].name, asked["path"]) == ("remains-download", {"task_id": "t-1"})
        end = after(ready.position, json.dumps([ENTRY]).encode())
        assert (end.position, end.done, end.whole) == ({}, True, True)
        assert not stock_remains.advance(ready.position, Seen([], broken=1)).whole

    @pytest.mark.parametrize("word", ["purged", "canceled"])
    def test_a_report_that_wb_dropped_is_ordered_anew_after_a_while(self, word: str) -> None:
        ordered = after(stock_remains.begin(None, START), b'{"data":{"taskId":"t-1"}}').position
        for position in (ordered, {**ordered, "ready": True}):
            step = after(position, state(word))
            assert (step.position, step.done, step.whole, step.wait_seconds) == ({}, False, False, 60)

    @pytest.mark.parametrize("body", [b"[]", b"", state("done")])
    def test_what_does_not_answer_the_order_is_not_taken_for_the_report(self, body: bytes) -> None:
        step = after(stock_remains.begin(None, START), body)
        assert (step.position, step.done) == ({}, False)
        assert step.wait_seconds

    def test_an_interrupted_reading_goes_on_with_its_report_until_that_is_lost(self) -> None:
        position = after(stock_remains.begin(None, START), b'{"data":{"taskId":"t-1"}}').position
        assert stock_remains.begin(position, Start(NOW + timedelta(minutes=119), True, 1)) == position
        late = Start(NOW + timedelta(hours=2), False, 1)
        assert stock_remains.begin(position, late) == {"begun": late.now.isoformat()}

    @given(st.lists(st.sampled_from([b'{"data":{"taskId":"t"}}', b"[]", b"", *map(state, ("new", "done", "purged"))])))
    def test_whatever_wb_answers_a_pass_moves_on_waits_or_ends(self, answers: list[bytes]) -> None:
        position = stock_remains.begin(None, START)
        for body in answers:
            before, step = position, after(position, body)
            assert step.done or step.wait_seconds or step.position != before
            position = stock_remains.begin(step.position, START)


def test_a_row_is_told_as_it_is() -> None:
    [row, *_] = parsed(REMAINS, json.dumps([ENTRY]).encode()).rows
    [event] = told(REMAINS, change(REMAINS, row), change(REMAINS, row, 2, {"quantity": 1}, gone=True))
    new, gone = event.data.stocks
    assert (new.change, gone.change) == ("new", "gone")
    assert (new.kind, new.quantity, new.observed_at) == ("to_client", 14, NOW)


def test_it_is_read_only_where_stocks_cannot_be() -> None:
    assert REMAINS.stands_in_for == "stocks"
