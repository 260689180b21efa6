"""Reading orders and sales page by page, by day, late and with both bounds."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim
from wbsim.times import DAY_SECONDS, moscow

ORDERS = "/api/v1/supplier/orders"
LONG_AGO = "2026-01-01"


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=60, limits_factor=1_000_000) as running:
        yield running


async def read(http: httpx.AsyncClient, date_from: str, path: str = ORDERS, **query: int) -> list[dict[str, Any]]:
    answer = await http.get(path, params={"dateFrom": date_from, **query})
    rows: list[dict[str, Any]] = answer.raise_for_status().json()
    return rows


async def read_all(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every order row, paging as WB's documentation says, until a page brings nothing new."""
    rows: dict[str, dict[str, Any]] = {}
    date_from = LONG_AGO
    while True:
        page = await read(http, date_from)
        fresh = [row for row in page if rows.get(row["srid"]) != row]
        if not fresh:
            return list(rows.values())
        rows |= {row["srid"]: row for row in fresh}
        date_from = page[-1]["lastChangeDate"]


class TestPages:
    @pytest.mark.parametrize("bound", [">=", ">"])
    async def test_paging_by_last_change_date_reaches_every_row(
        self, wb: Wbsim, http: httpx.AsyncClient, bound: str
    ) -> None:
        await wb.settings(page_rows=7, bound=bound)
        rows = await read_all(http)
        truth = {order["srid"]: order["row"] for order in (await wb.truth())["orders"]}
        assert {row["srid"]: row for row in rows} == truth

    async def test_pages_are_capped_and_ascending(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(page_rows=7)
        page = await read(http, LONG_AGO)
        assert len(page) == 7
        assert [row["lastChangeDate"] for row in page] == sorted(row["lastChangeDate"] for row in page)

    async def test_the_strict_bound_ends_with_an_empty_page_and_the_other_does_not(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        last = (await read(http, LONG_AGO))[-1]
        assert await read(http, last["lastChangeDate"]) == [last]
        await wb.settings(bound=">")
        assert await read(http, last["lastChangeDate"]) == []

    async def test_a_change_comes_back_as_the_same_row_further_on(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        changed = await wb.change_order(order["srid"], "cancel")
        [row] = [row for row in await read(http, LONG_AGO) if row["srid"] == order["srid"]]
        assert row == changed["row"]
        assert (row["isCancel"], changed["version"]) == (True, 2)


class TestDays:
    async def test_flag_1_gives_the_orders_of_one_moscow_day_uncapped(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(page_rows=1)
        orders = [order["row"] for order in (await wb.truth())["orders"]]
        day = orders[len(orders) // 2]["date"][:10]
        expected = {row["srid"] for row in orders if row["date"].startswith(day)}
        assert {row["srid"] for row in await read(http, f"{day}T17:30:00", flag=1)} == expected

    async def test_orders_older_than_90_days_are_gone(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        old = shop.place(shop.clock.now() - 91 * DAY_SECONDS, past=True)
        kept = shop.place(shop.clock.now() - 89 * DAY_SECONDS, past=True)
        srids = {row["srid"] for row in await read(http, LONG_AGO)}
        assert kept.srid in srids
        assert old.srid not in srids


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "errors"),
        [
            ({}, ["dateFrom: field required"]),
            ({"dateFrom": "soon"}, "dateFrom: Value not validated"),
            ({"dateFrom": LONG_AGO, "flag": "2"}, ["flag: must be one of 0, 1"]),
            ({"dateFrom": LONG_AGO, "flag": "x"}, ["flag: must be one of 0, 1"]),
            ({"dateFrom": LONG_AGO, "dateTo": LONG_AGO}, ["dateTo: unknown field"]),
        ],
    )
    async def test_a_wrong_query_is_refused_in_the_service_s_shape(
        self, http: httpx.AsyncClient, query: dict[str, str], errors: object
    ) -> None:
        answer = await http.get(ORDERS, params=query)
        assert (answer.status_code, answer.json()) == (400, {"errors": errors})


class TestLateness:
    async def test_a_late_row_is_missing_until_its_time(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(late_share=1, late_seconds=3_600)
        [order] = await wb.place_orders()
        assert order["visible_at"] == pytest.approx(order["changed_at"] + 3_600)
        assert order["srid"] not in {row["srid"] for row in await read(http, LONG_AGO)}

    async def test_a_sale_s_money_comes_later_and_moves_the_row(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(zero_price_share=1, zero_price_seconds=0)
        [order] = await wb.place_orders()
        sale_id = (await wb.change_order(order["srid"], "buyout"))["sale_id"]
        shop = wb.world.shop()
        shop.settle(shop.sales[sale_id], shop.clock.now() + 2)
        row = next(row for row in await read(http, LONG_AGO, "/api/v1/supplier/sales") if row["saleID"] == sale_id)
        assert row["forPay"] > 0
        assert row["lastChangeDate"] > row["date"]


async def test_serving_is_written_down_once_for_each_version(wb: Wbsim, http: httpx.AsyncClient) -> None:
    [order] = await wb.place_orders()
    [change] = await wb.changes()
    assert change["served_at"] is None
    await read(http, LONG_AGO)
    [served] = await wb.changes()
    assert served["served_at"] > served["changed_at"]
    await read(http, LONG_AGO)
    assert await wb.changes() == [served]
    assert served["srid"] == order["srid"]


async def test_times_without_zone_are_moscow_now(wb: Wbsim) -> None:
    [order] = await wb.place_orders()
    assert order["row"]["lastChangeDate"] == moscow(order["changed_at"])
