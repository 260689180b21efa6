"""Warehouses, offices and sellers' stocks: how they are read."""

import json
from typing import Any

import pytest
from ingestor.resources import offices, seller_stocks, warehouses
from ingestor.resources.resource import Resource, Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import Unavailable
from support.reading import NOW, change, fields, parsed, told
from support.wb_contract import SAMPLES, sample

WAREHOUSE: dict[str, Any] = {
    "id": 1104412,
    "name": "Склад на Уральской",
    "officeId": 218,
    "cargoType": 1,
    "deliveryType": 1,
    "isDeleting": False,
    "isProcessing": True,
}
OFFICE: dict[str, Any] = {
    "id": 218,
    "name": "Екатеринбург",
    "address": "Перспективная улица, 14",
    "city": "Екатеринбург",
    "federalDistrict": None,
    "longitude": 60.6,
    "latitude": 56.8,
    "cargoType": 1,
    "deliveryType": 1,
    "selected": True,
}
STOCK: dict[str, Any] = {
    "nmId": 5,
    "chrtId": 8,
    "warehouseId": 1104412,
    "warehouseName": "Склад на Уральской",
    "regionName": "Уральский",
    "quantity": 12,
}
CASES = [
    (warehouses.RESOURCE, WAREHOUSE, {"id"}),
    (offices.RESOURCE, OFFICE, {"id"}),
    (seller_stocks.RESOURCE, STOCK, {"nmId", "chrtId", "warehouseId", "quantity"}),
]
every = pytest.mark.parametrize(("resource", "row", "needed"), CASES, ids=[case[0].name for case in CASES])


def body(resource: Resource, *rows: Any) -> bytes:
    return json.dumps({"data": {"items": rows}} if resource is seller_stocks.RESOURCE else rows).encode()


def one(resource: Resource, row: dict[str, Any]) -> dict[str, Any]:
    [found] = parsed(resource, body(resource, row)).rows
    return fields(resource, found)


def test_a_warehouse_is_read_whole() -> None:
    assert one(warehouses.RESOURCE, WAREHOUSE) == {
        "warehouse_id": 1104412,
        "name": "Склад на Уральской",
        "office_id": 218,
        "cargo_type": 1,
        "delivery_type": 1,
        "is_deleting": False,
        "is_processing": True,
    }


def test_an_office_is_read_without_its_coordinates() -> None:
    assert one(offices.RESOURCE, OFFICE) == {
        "office_id": 218,
        "name": "Екатеринбург",
        "address": "Перспективная улица, 14",
        "city": "Екатеринбург",
        "federal_district": None,
        "cargo_type": 1,
        "delivery_type": 1,
        "selected": True,
    }


def test_a_stock_is_read_whole() -> None:
    assert one(seller_stocks.RESOURCE, STOCK) == {
        "nm_id": 5,
        "chrt_id": 8,
        "warehouse_id": 1104412,
        "warehouse_name": "Склад на Уральской",
        "region_name": "Уральский",
        "quantity": 12,
        "observed_at": NOW,
    }


@every
def test_what_is_not_needed_may_be_absent_or_new(resource: Resource, row: dict[str, Any], needed: set[str]) -> None:
    minimal = {name: row[name] for name in needed}
    for each in (minimal, {**dict.fromkeys(row), **minimal}, {**minimal, "area": {"m2": 3}}):
        known = {name for name, value in one(resource, each).items() if value is not None}
        assert known == {
            *resource.storage.keys,
            *({"quantity", "observed_at"} if resource is seller_stocks.RESOURCE else ()),
        }


@every
def test_a_broken_row_breaks_no_other(resource: Resource, row: dict[str, Any], needed: set[str]) -> None:
    for name in needed:
        for wrong in (None, "x", -(2**64), [1]):
            found = parsed(resource, body(resource, row, {**row, name: wrong}))
            assert (len(found.rows), len(found.broken)) == (1, 1)


@every
def test_a_row_and_its_end_are_told(resource: Resource, row: dict[str, Any], needed: set[str]) -> None:
    [found] = parsed(resource, body(resource, row)).rows
    [event] = told(resource, change(resource, found), change(resource, found, 2, {}, gone=True))
    assert [each.change for each in getattr(event.data, resource.publishing.rows)] == ["new", "gone"]


@every
def test_one_broken_row_keeps_a_re_read_from_telling_what_is_gone(
    resource: Resource, row: dict[str, Any], needed: set[str]
) -> None:
    position = resource.reading.begin(None, Start(NOW, False, 100))
    rows = read(resource, body(resource, row)).rows
    for broken in (0, 1):
        step = resource.reading.advance(position, Seen(rows, broken=broken))
        assert (step.done, step.whole, step.position) == (True, not broken, {})


@pytest.mark.parametrize("resource", [warehouses.RESOURCE, offices.RESOURCE])
def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_one(resource: Resource) -> None:
    assert resource.reading.ask({}) == {}
    for answer in (b"5", b'{"code":"AccessDenied"}', b'{"offices":{"1":{}}}'):
        with pytest.raises(Unavailable):
            read(resource, answer)


if SAMPLES.exists():

    @pytest.mark.parametrize(
        ("resource", "example"),
        [
            (warehouses.RESOURCE, "seller_warehouses"),
            (offices.RESOURCE, "wb_offices"),
            (seller_stocks.RESOURCE, "stocks_seller_warehouses"),
        ],
    )
    def test_wbs_own_examples_are_read(resource: Resource, example: str) -> None:
        found = parsed(resource, json.dumps(sample(example)).encode())
        assert found.rows
        assert not found.broken
