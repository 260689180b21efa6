"""Sales and returns: how a row is read, and what tells one from another."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import sales
from ingestor.resources.resource import Page
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told

EXAMPLE = Path(__file__).parents[4] / "shared/wb/samples/official-examples/statistics_sales.json"
SALE: dict[str, Any] = {
    "date": "2026-11-20T18:08:31",
    "lastChangeDate": "2026-11-21T10:11:07",
    "warehouseName": "Склад WB",
    "countryName": "Россия",
    "supplierArticle": "A-1",
    "nmId": 1234567,
    "totalPrice": 1887,
    "discountPercent": 18,
    "spp": 26.5,
    "paymentSaleAmount": 34.25,
    "forPay": 0,
    "finishedPrice": 1145,
    "priceWithDisc": 1547.349,
    "saleID": "S9993700024",
    "gNumber": "34",
    "srid": "11.r.3.0",
}
AMOUNTS = {"totalPrice": -1887, "priceWithDisc": -1547, "finishedPrice": -1145, "forPay": -980.5}


def raw(**changes: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(SALE | changes).encode())


def sale(**changes: Any) -> dict[str, Any]:
    return fields(sales.RESOURCE, sales.parse(raw(**changes), NOW))


def without(*names: str) -> dict[str, Any]:
    return {name: None for name in names}


class TestParse:
    def test_a_sale_is_read_with_moscow_times_and_exact_money(self) -> None:
        row = sale()
        assert (row["sale_id"], row["srid"], row["is_return"]) == ("S9993700024", "11.r.3.0", False)
        assert row["sold_at"] == datetime(2026, 11, 20, 18, 8, 31, tzinfo=MOSCOW)
        assert row["price_with_disc"] == Decimal("1547.35")
        assert row["payment_sale_amount"] == Decimal("34.25")
        assert row["barcode"] is None

    def test_money_of_zero_is_unknown_but_a_discount_of_zero_is_none(self) -> None:
        row = sale(totalPrice=0, finishedPrice=0.0, forPay=0, priceWithDisc=0, spp=0, paymentSaleAmount=0)
        assert row["total_price"] is row["finished_price"] is row["for_pay"] is row["price_with_disc"] is None
        assert row["spp"] == row["payment_sale_amount"] == 0

    def test_a_return_has_negative_amounts(self) -> None:
        row = sale(saleID="R1", **AMOUNTS)
        assert row["is_return"] is True
        assert (row["for_pay"], row["total_price"]) == (Decimal("-980.50"), Decimal("-1887.00"))

    def test_a_row_of_only_what_tells_it_is_read(self) -> None:
        row = fields(sales.RESOURCE, sales.parse(msgspec.Raw(json.dumps(
            {name: SALE[name] for name in ("date", "lastChangeDate", "nmId", "saleID")}
        ).encode()), NOW))  # fmt: skip
        kept = {"sale_id", "is_return", "sold_at", "last_change_at", "nm_id"}
        assert {name for name, value in row.items() if value is not None} == kept

    def test_unknown_fields_and_words_are_kept_or_ignored(self) -> None:
        assert sale(newField={"a": [1]}, warehouseType="Склад будущего")["warehouse_type"] == "Склад будущего"

    @pytest.mark.parametrize(
        "broken",
        [
            {"saleID": None},
            {"saleID": ""},
            {"saleID": "a\x00b"},
            {"nmId": 0},
            {"nmId": 2**63},
            {"nmId": None},
            {"date": "0001-01-01T00:00:00"},
            {"lastChangeDate": None},
        ],
    )
    def test_a_broken_row_is_set_aside_and_takes_no_other_with_it(self, broken: dict[str, Any]) -> None:
        bodies = [SALE, SALE | {"saleID": "S2"} | broken, SALE | {"saleID": "S3"}]
        page = parsed(sales.RESOURCE, json.dumps(bodies).encode())
        assert [row[0] for row in page.rows] == ["S9993700024", "S3"]
        [row] = page.broken
        assert json.loads(row.body) == bodies[1]

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists), st.data())
    def test_no_value_in_any_field_gets_past_as_an_accident(self, value: Any, data: st.DataObject) -> None:
        field = data.draw(st.sampled_from(sorted(SALE)))
        try:
            page = parsed(sales.RESOURCE, json.dumps([SALE | {field: value}]).encode())
        except Unavailable:
            return  # NaN and lone surrogates are no JSON: the whole answer is refused
        assert len(page.rows) + len(page.broken) == 1
        for row in page.rows:
            assert told(sales.RESOURCE, change(sales.RESOURCE, row))

    @given(st.binary(max_size=60))
    def test_any_bytes_in_a_row_are_read_or_set_aside(self, noise: bytes) -> None:
        page = parsed(sales.RESOURCE, Page([msgspec.Raw(json.dumps(SALE).encode()[:40] + noise)]))
        assert len(page.rows) + len(page.broken) == 1

    if EXAMPLE.exists():

        def test_wbs_own_example_is_read(self) -> None:
            page = parsed(sales.RESOURCE, EXAMPLE.read_bytes())
            assert not page.broken
            [row] = page.rows
            assert fields(sales.RESOURCE, row)["for_pay"] == Decimal("1284.01")


class TestKey:
    def test_a_sale_and_its_return_share_an_order_and_are_two_rows(self) -> None:
        page = parsed(sales.RESOURCE, json.dumps([SALE, SALE | AMOUNTS | {"saleID": "R1"}]).encode())
        assert {(row[0], row[1]) for row in page.rows} == {("S9993700024", "11.r.3.0"), ("R1", "11.r.3.0")}

    def test_an_id_of_another_letter_is_kept_and_the_money_tells_a_return(self) -> None:
        assert sale(saleID="D1")["is_return"] is False
        assert sale(saleID="D1", forPay=-5)["is_return"] is True
        assert sale(saleID="D1", **without("totalPrice", "forPay", "priceWithDisc"))["is_return"] is False

    @given(st.sampled_from(["S1", "R1", "D1"]), st.sampled_from([-5, 0, 5, None]))
    def test_a_glance_finds_the_key_that_parsing_finds(self, sale_id: str, amount: int | None) -> None:
        row = raw(saleID=sale_id, forPay=amount, totalPrice=amount, priceWithDisc=amount)
        key, mark = sales.key_of(row)
        assert key == (sales.parse(row, NOW)[0],)
        assert mark == datetime(2026, 11, 21, 10, 11, 7, tzinfo=MOSCOW)


class TestTold:
    def test_an_event_says_what_the_row_says(self) -> None:
        row = sales.parse(raw(saleID="R1", **AMOUNTS), NOW)
        changed = change(sales.RESOURCE, row, 2, {"for_pay": None})
        [event] = told(sales.RESOURCE, changed, connected_at=NOW - timedelta(days=90))
        [told_sale] = event.data.sales
        assert (told_sale.sale_id, told_sale.is_return, told_sale.change) == ("R1", True, "changed")
        assert (told_sale.for_pay, told_sale.previous) == (Decimal("-980.50"), {"for_pay": None})
        assert told_sale.sold_at == datetime(2026, 11, 20, 18, 8, 31, tzinfo=MOSCOW)

    def test_what_changed_before_the_connection_is_history(self) -> None:
        [event] = told(sales.RESOURCE, change(sales.RESOURCE, sales.parse(raw(), NOW)), connected_at=NOW)
        assert event.origin == "backfill"
