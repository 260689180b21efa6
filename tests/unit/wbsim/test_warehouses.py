"""The seller's warehouses, the offices they belong to, and what is in them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim

WAREHOUSES, OFFICES, STOCKS = "/api/v3/warehouses", "/api/v3/offices", "/api/v3/stocks"
REPORT = "/api/analytics/v1/stocks-report/seller-warehouses"
WB_REPORT = "/api/analytics/v1/stocks-report/wb-warehouses"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=15, history_orders=30, limits_factor=1_000_000) as running:
        yield running


async def stock_report(http: httpx.AsyncClient, **body: Any) -> Rows:
    rows: Rows = (await http.post(REPORT, json=body)).raise_for_status().json()["data"]["items"]
    return rows


async def test_warehouses_and_offices_are_the_truth(wb: Wbsim, http: httpx.AsyncClient) -> None:
    warehouses = (await http.get(WAREHOUSES)).raise_for_status().json()
    offices = (await http.get(OFFICES)).raise_for_status().json()
    assert warehouses == await wb.rows("warehouses")
    assert offices == await wb.rows("offices")
    assert {office["id"] for office in offices if office["selected"]} == {row["officeId"] for row in warehouses}
    assert [office["city"] for office in offices if office["federalDistrict"] is None] == ["Астана"]
    assert all(office["longitude"] > 44 for office in offices)


@pytest.mark.parametrize("path", [WAREHOUSES, OFFICES])
async def test_a_query_is_refused(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, params={"limit": "5"})
    assert (answer.status_code, answer.json()["code"]) == (400, "IncorrectParameter")


async def test_the_two_lists_share_a_counter_that_stocks_do_not(http: httpx.AsyncClient) -> None:
    async with running_wbsim(products=1, history_orders=0, limits_factor=0.01) as strict:
        headers = {"Authorization": await strict.token()}
        first = await http.get(f"{strict.url}{WAREHOUSES}", headers=headers)
        second = await http.get(f"{strict.url}{OFFICES}", headers=headers)
        stocks_url = f"{strict.url}{STOCKS}/{first.json()[0]['id']}"
        third = await http.post(stocks_url, json={"chrtIds": []}, headers=headers)
    assert third.json() == {"stocks": []}
    left = [answer.headers["x-ratelimit-remaining"] for answer in (first, second, third)]
    assert left == ["19", "18", "19"]


async def test_a_wrong_category_is_refused_in_the_marketplaces_shape(wb: Wbsim, http: httpx.AsyncClient) -> None:
    headers = {"Authorization": await wb.token(categories=["statistics"])}
    answer = await http.get(f"/marketplace-api{WAREHOUSES}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "AccessDenied")


async def test_the_warehouses_of_wb_are_hidden(http: httpx.AsyncClient) -> None:
    answer = await http.get("/supplies-api/api/v1/warehouses")
    assert answer.status_code == 404
    assert "This method is temporarily disabled" in answer.json()["detail"]


async def test_steps_open_and_rename_warehouses(wb: Wbsim) -> None:
    before = {row["id"]: row for row in await wb.rows("warehouses")}
    await wb.step(section="warehouses", count=60)
    after = {row["id"]: row for row in await wb.rows("warehouses")}
    assert set(before) < set(after)
    assert {after[number]["name"] for number in before} != {row["name"] for row in before.values()}
    assert {row["isProcessing"] for row in after.values()} == {True, False}
    assert all(office["selected"] for office in await wb.rows("offices")) == (
        len(after) == len(await wb.rows("offices"))
    )


class TestStockReport:
    async def test_rows_are_the_truth_under_real_ids(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        rows = await stock_report(http)
        assert rows == await wb.rows("seller_stocks")
        warehouses = {row["id"]: row["name"] for row in await wb.rows("warehouses")}
        assert {(row["warehouseId"], row["warehouseName"]) for row in rows} == set(warehouses.items())
        assert {row["chrtId"] for row in rows} == set(wb.world.shop().stocks)
        keys = [(row["nmId"], row["chrtId"], row["warehouseId"]) for row in rows]
        assert keys == sorted(set(keys))

    async def test_pages_end_with_no_content(self, http: httpx.AsyncClient) -> None:
        whole = await stock_report(http)
        assert await stock_report(http, limit=5, offset=3) == whole[3:8]
        assert (await http.post(REPORT, json={"offset": len(whole)})).status_code == 204

    async def test_sizes_count_only_with_their_cards(self, http: httpx.AsyncClient) -> None:
        whole = await stock_report(http)
        wanted = whole[0]
        both = {"nmIds": [wanted["nmId"]], "chrtIds": [wanted["chrtId"]]}
        assert await stock_report(http, **both) == [row for row in whole if row["chrtId"] == wanted["chrtId"]]
        assert await stock_report(http, chrtIds=[wanted["chrtId"]]) == whole

    @pytest.mark.parametrize(("kind", "status"), [("personal", 200), ("base", 403), ("base_with_secret", 403)])
    async def test_only_personal_and_service_tokens_may_read_it(
        self, wb: Wbsim, http: httpx.AsyncClient, kind: str, status: int
    ) -> None:
        headers = {"Authorization": await wb.token(kind=kind)}
        assert (await http.post(REPORT, json={}, headers=headers)).status_code == status

    async def test_an_assembly_task_takes_a_unit_from_the_seller_alone(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        ours, wbs = await stock_report(http), await wb.rows("stocks")
        shop = wb.world.shop()
        order = shop.place(wb.world.clock.now(), fbs=True)
        left = {(row["chrtId"], row["warehouseId"]): row["quantity"] for row in ours}
        for row in await stock_report(http):
            sold = (row["chrtId"], row["warehouseId"]) == (order.chrt_id, order.warehouse_id)
            assert row["quantity"] == left[row["chrtId"], row["warehouseId"]] - sold
        await wb.change_order(order.srid, "buyout")
        await wb.change_order(order.srid, "return")
        assert await wb.rows("stocks") == wbs
        wb_order = (await wb.place_orders())[0]
        assert wb_order["row"]["warehouseType"] == "Склад WB"
        assert await wb.rows("stocks") != wbs

    async def test_what_is_ordered_without_stock_is_brought(self, wb: Wbsim) -> None:
        shop = wb.world.shop()
        for warehouse in shop.warehouses.of.values():
            warehouse.stock = dict.fromkeys(warehouse.stock, 0)
        order = shop.place(wb.world.clock.now(), fbs=True)
        [task] = [row for row in await wb.rows("fbs_orders") if row["rid"] == order.srid]
        assert task["isZeroOrder"] is True
        assert order.warehouse_id is not None
        assert shop.warehouses.of[order.warehouse_id].stock[order.chrt_id] > 0
        again = shop.place(wb.world.clock.now(), order.nm_id, fbs=True)
        rows = {row["rid"]: row["isZeroOrder"] for row in await wb.rows("fbs_orders")}
        assert rows[again.srid] is (again.chrt_id != order.chrt_id)


class TestStockOfOneWarehouse:
    async def test_amounts_are_those_of_the_warehouse(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        truth = await wb.rows("seller_stocks")
        warehouse_id = truth[0]["warehouseId"]
        here = {row["chrtId"]: row["quantity"] for row in truth if row["warehouseId"] == warehouse_id}
        asked = [*here, 1, next(iter(here))]
        answer = (await http.post(f"{STOCKS}/{warehouse_id}", json={"chrtIds": asked})).raise_for_status().json()
        assert answer == {"stocks": [{"chrtId": chrt_id, "amount": units} for chrt_id, units in here.items()]}

    async def test_strangers_and_wrong_bodies_are_refused(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [warehouse, *_] = await wb.rows("warehouses")
        unknown = await http.post(f"{STOCKS}/7", json={"chrtIds": [1]})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "NotFound")
        for path, content, code in (
            ("x", b'{"chrtIds":[1]}', "IncorrectParameter"),
            (warehouse["id"], b"{", "IncorrectRequestBody"),
            (warehouse["id"], b'{"skus":["1"]}', "IncorrectParameter"),
            (warehouse["id"], b'{"chrtIds":[%s1]}' % (b"1," * 1_000), "IncorrectParameter"),
        ):
            answer = await http.post(f"{STOCKS}/{path}", content=content)
            assert (answer.status_code, answer.json()["code"]) == (400, code)
