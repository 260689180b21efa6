"""The rows of the truth are those that the methods answer."""

import json
import ssl
from typing import Any

import httpx
import pytest
from wbsim.config import Behaviour
from wbsim.running import ControlError, Wbsim, running_wbsim
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


async def test_a_client_that_bears_all_misbehaviour_ends_up_with_the_truth(no_tls: ssl.SSLContext) -> None:
    behaviour = Behaviour(page_rows=7, drift=("fields", "order"), shuffled=True, repeated_share=0.4)
    async with running_wbsim(products=5, history_orders=60, behaviour=behaviour, limits_factor=1_000_000) as wb:
        known = (await wb.rows("orders"))[0].keys()
        held: dict[str, dict[str, Any]] = {}
        date_from, last = "2020-01-01", ""
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
            while date_from != last:
                page = (await http.get("/api/v1/supplier/orders", params={"dateFrom": date_from})).json()
                held |= {row["srid"]: {key: row[key] for key in known} for row in page}
                date_from, last = page[-1]["lastChangeDate"], date_from
        assert by_row(list(held.values())) == by_row(await wb.rows("orders"))


async def test_each_seller_has_a_truth_of_its_own(wb: Wbsim) -> None:
    sid = await wb.seller(products=2, history_orders=3)
    assert len(await wb.rows("orders", sid)) == 3
    assert len(await wb.rows("orders")) == 60


async def test_an_unknown_section_is_refused_with_those_there_are(wb: Wbsim) -> None:
    with pytest.raises(ControlError, match=r"404.*no section weather; there are orders, sales"):
        await wb.rows("weather")
