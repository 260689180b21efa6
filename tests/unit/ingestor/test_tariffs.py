"""Tariffs: figures written for people, rates of several countries, one page of a day."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import tariffs_box, tariffs_commission, tariffs_return
from ingestor.resources.resource import Resource, Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told

EXAMPLES = Path(__file__).parents[4] / "shared/wb/samples/official-examples"
BOX: dict[str, Any] = {
    "boxDeliveryBase": "48",
    "boxDeliveryCoefExpr": "160",
    "boxDeliveryLiter": "11,2",
    "boxDeliveryMarketplaceBase": "1 040",
    "boxDeliveryMarketplaceCoefExpr": "-",
    "boxDeliveryMarketplaceLiter": "",
    "boxStorageBase": "0,0725",
    "boxStorageCoefExpr": "115",
    "boxStorageLiter": "0",
    "geoName": "Россия",
    "warehouseName": "Свой склад РФ",
}
BOXES = {"currency": "RUB", "dtNextBox": "2026-12-01", "dtTillMax": "2026-12-31"}
RETURN: dict[str, Any] = {
    "deliveryDumpKgtOfficeBase": "1 039",
    "deliveryDumpKgtOfficeLiter": "9,1",
    "deliveryDumpKgtReturnExpr": "1 050",
    "deliveryDumpSrgOfficeExpr": "170",
    "deliveryDumpSrgReturnExpr": "170",
    "deliveryDumpSupCourierBase": "229",
    "deliveryDumpSupCourierLiter": "9,1",
    "deliveryDumpSupOfficeBase": "129",
    "deliveryDumpSupOfficeLiter": "9,1",
    "deliveryDumpSupReturnExpr": "-",
    "warehouseName": "Склад WB РФ",
}
RETURNS = {"currency": "RUB", "dtNextDeliveryDumpKgt": "2026-12-01", "dtNextDeliveryDumpSrg": ""}
SUBJECT = {"subjectID": 6461, "subjectName": "Худи", "parentID": 657, "parentName": "Одежда"}
RATES = {
    "kgvpBooking": 14.5,
    "kgvpMarketplace": 15.5,
    "kgvpPickup": 14.5,
    "kgvpSupplier": 12.5,
    "kgvpSupplierExpress": 3,
    "paidStorageKgvp": 0,
}


def answer(of_all: dict[str, Any], *warehouses: Any) -> bytes:
    return json.dumps({"response": {"data": of_all | {"warehouseList": warehouses}}}).encode()


def report(*fees: Any) -> bytes:
    return json.dumps({"report": fees}).encode()


def one(resource: Resource, body: bytes) -> dict[str, Any]:
    page = parsed(resource, body)
    assert not page.broken
    [row] = page.rows
    return fields(resource, row)


class TestBox:
    def test_figures_have_decimal_commas_and_spaces_and_may_be_unknown(self) -> None:
        assert one(tariffs_box.RESOURCE, answer(BOXES, BOX)) == {
            "warehouse_name": "Свой склад РФ",
            "geo_name": "Россия",
            "currency": "RUB",
            "box_delivery_base": Decimal(48),
            "box_delivery_liter": Decimal("11.2"),
            "box_delivery_coef_expr": Decimal(160),
            "box_delivery_marketplace_base": Decimal(1040),
            "box_delivery_marketplace_liter": None,
            "box_delivery_marketplace_coef_expr": None,
            "box_storage_base": Decimal("0.0725"),
            "box_storage_liter": Decimal(0),
            "box_storage_coef_expr": Decimal(115),
            "dt_next_box": date(2026, 12, 1),
            "dt_till_max": date(2026, 12, 31),
            "read_on": date(2026, 11, 21),
        }

    def test_a_warehouse_of_only_its_name_is_read(self) -> None:
        row = one(tariffs_box.RESOURCE, answer({}, {"warehouseName": "Астана"}))
        known = {name: value for name, value in row.items() if value is not None}
        assert known == {"warehouse_name": "Астана", "geo_name": "", "read_on": date(2026, 11, 21)}

    def test_one_name_in_two_places_is_two_rows(self) -> None:
        page = parsed(tariffs_box.RESOURCE, answer(BOXES, BOX, BOX | {"geoName": "Казахстан"}))
        assert len(page.rows) == 2

    def test_what_is_said_once_for_all_is_in_the_bytes_of_every_row(self) -> None:
        before = tariffs_box.RESOURCE.reading.read(answer(BOXES, BOX)).rows
        after = tariffs_box.RESOURCE.reading.read(answer(BOXES | {"dtNextBox": "2026-12-02"}, BOX)).rows
        assert bytes(before[0]) != bytes(after[0])

    def test_the_day_of_the_figures_is_moscows(self) -> None:
        [raw] = tariffs_box.RESOURCE.reading.read(answer(BOXES, BOX)).rows
        late = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
        assert fields(tariffs_box.RESOURCE, tariffs_box.parse(raw, late))["read_on"] == date(2026, 11, 22)


class TestReturn:
    def test_figures_and_the_days_of_each_kind_are_read(self) -> None:
        row = one(tariffs_return.RESOURCE, answer(RETURNS, RETURN))
        assert row["delivery_dump_kgt_office_base"] == Decimal(1039)
        assert row["delivery_dump_sup_office_liter"] == Decimal("9.1")
        assert row["delivery_dump_sup_return_expr"] is None
        assert row["dt_next_delivery_dump_kgt"] == date(2026, 12, 1)
        assert row["dt_next_delivery_dump_srg"] is row["dt_next_delivery_dump_sup"] is None

    def test_a_warehouse_of_only_its_name_is_read(self) -> None:
        row = one(tariffs_return.RESOURCE, answer({}, {"warehouseName": "Минск"}))
        assert {name for name, value in row.items() if value is not None} == {"warehouse_name", "read_on"}


WAREHOUSES = [(tariffs_box.RESOURCE, BOXES, BOX), (tariffs_return.RESOURCE, RETURNS, RETURN)]


@pytest.mark.parametrize(("resource", "of_all", "row"), WAREHOUSES, ids=["box", "return"])
class TestWarehouses:
    @pytest.mark.parametrize("broken", [5, None, {}, {"warehouseName": ""}, {"warehouseName": []}])
    def test_a_broken_warehouse_is_set_aside_and_takes_no_other_with_it(
        self, resource: Resource, of_all: dict[str, Any], row: dict[str, Any], broken: Any
    ) -> None:
        page = parsed(resource, answer(of_all, row, broken, row | {"warehouseName": "Минск"}))
        assert [each[0] for each in page.rows] == [row["warehouseName"], "Минск"]
        assert len(page.broken) == 1

    @given(wrong=st.sampled_from(["48 руб", "4,8,0", "1e5", "٤٨", "NaN", "--", [], "9" * 40]), data=st.data())
    def test_a_figure_that_is_none_is_not_guessed(
        self, resource: Resource, of_all: dict[str, Any], row: dict[str, Any], wrong: Any, data: st.DataObject
    ) -> None:
        field = data.draw(st.sampled_from(sorted(row.keys() - {"warehouseName", "geoName"})))
        [found] = parsed(resource, answer(of_all, row | {field: wrong})).rows
        [without] = parsed(resource, answer(of_all, row | {field: None})).rows
        assert found == without

    @pytest.mark.parametrize("wrong", ["31.12.2026", "soon", "2026-13-01", "1999-01-01", 5])
    def test_a_day_that_is_none_is_not_guessed(
        self, resource: Resource, of_all: dict[str, Any], row: dict[str, Any], wrong: Any
    ) -> None:
        field = next(name for name in of_all if name.startswith("dt"))
        [found] = parsed(resource, answer(of_all | {field: wrong}, row)).rows
        [without] = parsed(resource, answer(of_all | {field: None}, row)).rows
        assert found == without

    def test_no_list_may_be_null_but_not_another(
        self, resource: Resource, of_all: dict[str, Any], row: dict[str, Any]
    ) -> None:
        assert (
            resource.reading.read(json.dumps({"response": {"data": of_all | {"warehouseList": None}}}).encode()).rows
            == []
        )
        for body in (b'{"response": {"data": {"offices": [{}]}}}', b'{"title": "Bad Request"}'):
            with pytest.raises(Unavailable):
                read(resource, body)

    def test_the_moscow_day_is_asked_for_and_one_page_is_all(
        self, resource: Resource, of_all: dict[str, Any], row: dict[str, Any]
    ) -> None:
        late = Start(datetime(2026, 11, 21, 21, 30, tzinfo=UTC), True, 1000)
        assert resource.reading.ask(resource.reading.begin({}, late)) == {"params": {"date": "2026-11-22"}}
        rows = resource.reading.read(answer(of_all, row)).rows
        step = resource.reading.advance(resource.reading.begin(None, late), Seen(rows))
        assert (step.done, step.whole, step.position) == (True, True, {})
        assert not resource.reading.advance(resource.reading.begin(None, late), Seen(rows, broken=1)).whole


class TestCommission:
    def test_rates_by_sale_model_are_percents_and_zero_is_a_rate(self) -> None:
        row = one(tariffs_commission.RESOURCE, report(SUBJECT | RATES))
        assert (row["subject_id"], row["subject_name"], row["parent_name"]) == (6461, "Худи", "Одежда")
        assert (row["paid_storage_kgvp"], row["kgvp_marketplace"], row["kgvp_supplier"]) == (0, Decimal("15.5"), 12.5)
        assert (row["kgvp_supplier_express"], row["kgvp_pickup"], row["kgvp_booking"]) == (3, 14.5, 14.5)
        assert row["kgvp"] is None
        assert row["read_on"] == date(2026, 11, 21)

    @pytest.mark.parametrize(
        ("rates", "expected"),
        [
            ({"kgvpChina": 15.5}, {"kgvp": 15.5}),
            ({"kgvpTurkey": 15.5}, {"kgvp": 15.5}),
            ({"kgvpUAE": 0}, {"kgvp": 0}),
            (
                {"kgvpMarketplaceUz": 1, "kgvpPaidStorageUz": 2, "kgvpSupplierUz": 3},
                {"kgvp_marketplace": 1, "paid_storage_kgvp": 2, "kgvp_supplier": 3},
            ),
            ({"kgvpOfTomorrow": 5}, {}),
        ],
    )
    def test_other_countries_have_other_rates(self, rates: dict[str, Any], expected: dict[str, Any]) -> None:
        row = one(tariffs_commission.RESOURCE, report(SUBJECT | rates))
        found = {name: value for name, value in row.items() if "kgvp" in name and value is not None}
        assert found == {name: Decimal(str(value)) for name, value in expected.items()}

    @pytest.mark.parametrize("broken", [5, {}, {"subjectID": "x"}, SUBJECT | {"subjectID": 2**63}, []])
    def test_a_broken_subject_is_set_aside_and_takes_no_other_with_it(self, broken: Any) -> None:
        page = parsed(tariffs_commission.RESOURCE, report(SUBJECT, broken, SUBJECT | {"subjectID": 1}))
        assert [row[0] for row in page.rows] == [6461, 1]
        assert len(page.broken) == 1

    def test_one_call_reads_all(self) -> None:
        resource = tariffs_commission.RESOURCE
        position = resource.reading.begin({}, Start(NOW, True, 1000))
        assert resource.reading.ask(position) == {"params": {"locale": "ru"}}
        step = resource.reading.advance(position, Seen([]))
        assert (step.done, step.whole) == (True, True)


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        (tariffs_box.RESOURCE, answer(BOXES, BOX)),
        (tariffs_return.RESOURCE, answer(RETURNS, RETURN)),
        (tariffs_commission.RESOURCE, report(SUBJECT | RATES)),
    ],
    ids=lambda value: value.name if isinstance(value, Resource) else "",
)
def test_an_event_says_what_the_row_says(resource: Resource, body: bytes) -> None:
    [row] = parsed(resource, body).rows
    [event] = told(resource, change(resource, row, 2, {"read_on": date(2026, 11, 1)}))
    [tariff] = event.data.tariffs
    values = fields(resource, row)
    assert {name: getattr(tariff, name) for name in values} == values
    assert (tariff.change, tariff.previous) == ("changed", {"read_on": "2026-11-01"})


if EXAMPLES.exists():

    @pytest.mark.parametrize(
        "resource", [tariffs_box.RESOURCE, tariffs_return.RESOURCE, tariffs_commission.RESOURCE], ids=lambda r: r.name
    )
    def test_wbs_own_examples_are_read(resource: Resource) -> None:
        row = one(resource, (EXAMPLES / f"{resource.name}.json").read_bytes())
        assert all(value is not None for name, value in row.items() if name != "kgvp")
