"""Reports on WB's stock: ordered, waited for and downloaded."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.remains import GROUPS
from wbsim.running import Wbsim, running_wbsim

ORDER = "/api/v1/warehouse_remains"
EVERY = dict.fromkeys(GROUPS, "true")
TOTAL, TO_CLIENT, FROM_CLIENT = "Всего находится на складах", "В пути до получателей", "В пути возвраты на склад WB"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def module_wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=15, history_orders=60, limits_factor=1_000_000) as running:
        yield running


@pytest.fixture
async def wb(module_wb: Wbsim) -> Wbsim:
    await module_wb.settings(report_seconds=0, report_canceled_share=0, report_kept_seconds=7_200)
    return module_wb


async def order(http: httpx.AsyncClient, **query: str) -> str:
    task_id: str = (await http.get(ORDER, params=query)).raise_for_status().json()["data"]["taskId"]
    return task_id


async def status(http: httpx.AsyncClient, task_id: str) -> str:
    data = (await http.get(f"{ORDER}/tasks/{task_id}/status")).raise_for_status().json()["data"]
    assert data["id"] == task_id
    found: str = data["status"]
    return found


async def download(http: httpx.AsyncClient, task_id: str) -> httpx.Response:
    return await http.get(f"{ORDER}/tasks/{task_id}/download")


async def report(http: httpx.AsyncClient, **query: str) -> Rows:
    rows: Rows = (await download(http, await order(http, **query))).raise_for_status().json()
    return rows


def places(row: dict[str, Any]) -> dict[str, int]:
    return {place["warehouseName"]: place["quantity"] for place in row["warehouses"]}


class TestRows:
    async def test_with_every_group_they_are_the_truth_and_agree_with_stocks(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        await wb.place_orders(count=3)
        rows = await report(http, **EVERY)
        assert rows == await wb.rows("warehouse_remains")
        sizes = {size.barcode: size.chrt_id for each in wb.world.shop().products.values() for size in each.sizes}
        stocks = {row["chrtId"]: row for row in await wb.rows("stocks")}
        assert {row["barcode"] for row in rows} == set(sizes)
        for row in rows:
            stock, found = stocks[sizes[row["barcode"]]], places(row)
            assert row["nmId"] == stock["nmId"]
            assert (found.get(TOTAL, 0), found.get(TO_CLIENT, 0), found.get(FROM_CLIENT, 0)) == (
                stock["quantity"],
                stock["inWayToClient"],
                stock["inWayFromClient"],
            )
            assert found.get("Склад WB РФ", 0) == found.get(TOTAL, 0)
            assert 0 not in found.values()

    @pytest.mark.parametrize(
        ("flag", "fields"),
        [
            ("groupByBrand", {"brand"}),
            ("groupBySubject", {"subjectName"}),
            ("groupBySa", {"vendorCode"}),
            ("groupByNm", {"nmId", "volume"}),
            ("groupByBarcode", {"barcode"}),
            ("groupBySize", {"techSize"}),
        ],
    )
    async def test_a_group_has_its_columns_and_all_units(
        self, wb: Wbsim, http: httpx.AsyncClient, flag: str, fields: set[str]
    ) -> None:
        rows = await report(http, **{flag: "true"})
        assert {frozenset(row) for row in rows} == {frozenset(fields | {"warehouses"})}
        keys = [json.dumps({field: row[field] for field in fields}) for row in rows]
        assert len(set(keys)) == len(keys)
        here = sum(row["quantity"] for row in await wb.rows("stocks"))
        assert sum(places(row).get(TOTAL, 0) for row in rows) == here

    async def test_without_a_group_everything_is_one_row(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [row] = await report(http, groupByNm="false")
        assert places(row)[TOTAL] == sum(row["quantity"] for row in await wb.rows("stocks"))

    async def test_filters(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        product = next(iter(wb.world.shop().products.values()))
        await wb.control("POST", f"/products/{product.nm_id}", {"photos": 0})
        [bare] = await report(http, groupByNm="true", filterPics="-1")
        assert bare["nmId"] == product.nm_id
        assert len(await report(http, groupByNm="true", filterPics="1")) == 14
        large = await report(http, groupByNm="true", filterVolume="3")
        assert 0 < len(large) < 15
        assert all(row["volume"] > 3 for row in large)
        nothing = await download(http, await order(http, filterVolume="-1"))
        assert (nothing.status_code, nothing.content) == (204, b"")

    async def test_the_stock_is_that_of_the_moment_it_was_ordered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before = await wb.rows("warehouse_remains")
        task_id = await order(http, **EVERY)
        await wb.step(section="stocks", count=5)
        assert (await download(http, task_id)).json() == before != await wb.rows("warehouse_remains")

    @pytest.mark.parametrize("query", [EVERY, {}, {"groupByBrand": "true"}])
    async def test_one_row_can_be_broken(self, wb: Wbsim, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        task_id = await order(http, **query)
        whole = (await download(http, task_id)).json()
        await wb.fault(f"{ORDER}/tasks/{task_id}", "broken_row", times=1)
        broken = (await download(http, task_id)).json()
        assert sum(one != other for one, other in zip(whole, broken, strict=True)) == 1
        assert (await download(http, task_id)).json() == whole


class TestWaiting:
    async def test_a_report_is_new_then_processed_then_done(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(report_seconds=3_600)
        task_id = await order(http)
        seen = []
        for _ in range(3):
            answer = await download(http, task_id)
            seen.append((await status(http, task_id), answer.status_code))
            wb.world.shop().remains.reports[task_id].made_at -= 1_800
        assert seen == [("new", 404), ("processing", 404), ("done", 200)]

    async def test_it_may_be_canceled(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(report_canceled_share=1)
        task_id = await order(http)
        assert await status(http, task_id) == "canceled"
        assert (await download(http, task_id)).status_code == 404

    async def test_it_is_purged_for_good(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(report_kept_seconds=0)
        task_id = await order(http)
        assert await status(http, task_id) == "purged"
        await wb.settings(report_kept_seconds=7_200)
        assert (await download(http, task_id)).status_code == 404

    async def test_its_status_does_not_drift(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        task_id = await order(http, **EVERY)
        await wb.settings(drift=["fields", "values", "order"])
        answers = [(await http.get(f"{ORDER}/tasks/{task_id}/status")).json() for _ in range(2)]
        rows = (await download(http, task_id)).json()
        await wb.settings(drift=[])
        assert {answer["data"]["status"] for answer in answers} == {"done"}
        assert set(rows[0]) > {"barcode", "nmId", "warehouses"}

    async def test_each_seller_has_reports_of_its_own(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sid = await wb.seller(products=1)
        headers = {"Authorization": await wb.token(sid=sid)}
        task_id = await order(http)
        foreign = await http.get(f"{ORDER}/tasks/{task_id}/status", headers=headers)
        assert foreign.status_code == 404

    async def test_a_base_token_may_order_one(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        headers = {"Authorization": await wb.token(kind="base")}
        assert (await http.get(ORDER, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("path", "code", "problem"),
    [
        (f"{ORDER}?groupByNm=1", 400, 'parameter "groupByNm" in query has an error: must be a boolean'),
        (f"{ORDER}?filterPics=2", 400, 'parameter "filterPics"'),
        (f"{ORDER}?groupBy=nm", 400, 'parameter "groupBy" in query has an error: unknown field'),
        (f"{ORDER}/tasks/abc/status", 400, "Invalid format for parameter task_id"),
        (f"{ORDER}/tasks/00000000-0000-4000-8000-000000000000/status", 404, "not found"),
        (f"{ORDER}/tasks/00000000-0000-4000-8000-000000000000/download", 404, "not found"),
        (f"{ORDER}/tasks/00000000-0000-4000-8000-000000000000/download?x=1", 400, "unknown parameter"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    wb: Wbsim, http: httpx.AsyncClient, path: str, code: int, problem: str
) -> None:
    answer = await http.get(path)
    assert answer.status_code == code
    assert problem in answer.json()["detail"]
