"""The rows of the truth are those that the methods answer."""

import json
from typing import Any

import httpx
import pytest
from wbsim.running import ControlError, Wbsim
from wbsim.times import DAY_SECONDS

STATISTICS = "/api/v1/supplier/{}?dateFrom=2020-01-01"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"


def by_row(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


@pytest.mark.parametrize("section", ["orders", "sales"])
async def test_statistics_rows_are_those_answered(wb: Wbsim, http: httpx.AsyncClient, section: str) -> None:
    answered = (await http.get(STATISTICS.format(section))).json()
    assert answered
    assert by_row(await wb.rows(section)) == by_row(answered)


async def test_stock_rows_are_those_answered(wb: Wbsim, http: httpx.AsyncClient) -> None:
    answered = (await http.post(STOCKS, json={})).json()["data"]["items"]
    assert by_row(await wb.rows("stocks")) == by_row(answered)


async def test_cards_are_those_answered_with_their_photos_under_the_same_address(
    wb: Wbsim, http: httpx.AsyncClient
) -> None:
    body = {"settings": {"cursor": {"limit": 100}, "filter": {"withPhoto": -1}}}
    answered = (await http.post("/content/v2/get/cards/list", json=body)).json()["cards"]
    assert by_row(await wb.rows("cards")) == by_row(answered)


async def test_a_row_that_clients_cannot_see_yet_is_true_already(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.settings(late_share=1, late_seconds=3_600)
    [order] = await wb.place_orders()
    assert order["row"] in await wb.rows("orders")
    assert order["row"] not in (await http.get(STATISTICS.format("orders"))).json()


async def test_rows_that_no_client_can_read_any_more_are_not_true(wb: Wbsim) -> None:
    shop = wb.world.shop()
    old = shop.place(shop.clock.now() - 91 * DAY_SECONDS, past=True)
    assert old.srid not in {row["srid"] for row in await wb.rows("orders")}


async def test_each_seller_has_a_truth_of_its_own(wb: Wbsim) -> None:
    sid = await wb.seller(products=2, history_orders=3)
    assert len(await wb.rows("orders", sid)) == 3
    assert len(await wb.rows("orders")) == 60


async def test_an_unknown_section_is_refused_with_those_there_are(wb: Wbsim) -> None:
    with pytest.raises(ControlError, match=r"404.*no section weather; there are orders, sales"):
        await wb.rows("weather")
