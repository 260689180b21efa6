"""Prices over HTTP: those of the cards, those of the orders, page by page."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import prices

GOODS = "/api/v2/list/goods/filter"
Rows = list[dict[str, Any]]


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=23, history_orders=60, limits_factor=1_000_000) as running:
        yield running


async def goods(http: httpx.AsyncClient, **query: int) -> Rows:
    answer = (await http.get(GOODS, params={"limit": 1_000, **query})).raise_for_status().json()
    assert (answer["error"], answer["errorText"]) == (False, "")
    rows: Rows = answer["data"]["listGoods"]
    return rows


class TestRows:
    async def test_prices_follow_from_the_discounts(self, http: httpx.AsyncClient) -> None:
        for good in await goods(http):
            for size in good["sizes"]:
                discounted = size["price"] * (100 - good["discount"]) / 100
                assert size["discountedPrice"] == pytest.approx(discounted, abs=0.006)
                club = discounted * (100 - good["clubDiscount"]) / 100
                assert size["clubDiscountedPrice"] == pytest.approx(club, abs=0.006)

    async def test_sizes_are_those_of_the_cards(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        cards = {card["nmID"]: card for card in await wb.rows("cards")}
        rows = await goods(http)
        assert [row["nmID"] for row in rows] == list(cards)
        for row in rows:
            card = cards[row["nmID"]]
            assert row["vendorCode"] == card["vendorCode"]
            listed = [(size["sizeID"], size["techSizeName"]) for size in row["sizes"]]
            assert listed == [(size["chrtID"], size["techSize"]) for size in card["sizes"]]
            assert ("wholesaleDiscountThreshold" in row) == card["wholesale"]["enabled"]
        assert any("wholesaleDiscountThreshold" in row for row in rows)

    async def test_orders_are_made_at_them(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.step(section="prices", count=20)
        rows = {row["nmID"]: row for row in await goods(http)}
        for order in await wb.place_orders(count=40):
            good = rows[order["nm_id"]]
            assert order["row"]["totalPrice"] == good["sizes"][0]["price"]
            assert abs(order["row"]["discountPercent"] - good["discount"]) <= 2

    async def test_an_older_order_keeps_the_price_it_was_made_at(self, wb: Wbsim) -> None:
        [order] = await wb.place_orders()
        await wb.control("POST", f"/products/{order['nm_id']}", {"price": 99_990})
        row = (await wb.change_order(order["srid"], "price"))["row"]
        assert row["totalPrice"] == order["row"]["totalPrice"]
        assert row["priceWithDisc"] == round(row["totalPrice"] * (100 - row["discountPercent"]) / 100)

    async def test_whole_roubles_have_no_fraction(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [good] = await goods(http, filterNmID=next(iter(wb.world.shop().products)))
        await wb.control("POST", f"/products/{good['nmID']}", {"price": 990, "discount": 50})
        answer = await http.get(GOODS, params={"limit": 1, "filterNmID": good["nmID"]})
        assert '"discountedPrice":495,' in answer.text

    async def test_they_are_the_truth(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        assert await goods(http) == await wb.rows("prices")


class TestPages:
    async def test_pages_make_up_the_whole_and_end_with_an_empty_one(self, http: httpx.AsyncClient) -> None:
        pages, offset = [], 0
        while page := await goods(http, limit=10, offset=offset):
            pages.append(page)
            offset += 10
        assert [len(page) for page in pages] == [10, 10, 3]
        assert [good for page in pages for good in page] == await goods(http)

    async def test_one_card_can_be_asked_for(self, http: httpx.AsyncClient) -> None:
        wanted = (await goods(http))[7]
        assert await goods(http, filterNmID=wanted["nmID"]) == [wanted]
        assert await goods(http, filterNmID=1) == []

    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"limit": "0"},
            {"limit": "1001"},
            {"limit": "x"},
            {"limit": "1", "offset": "-1"},
            {"limit": "1", "a": "1"},
        ],
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(GOODS, params=query)
        assert (answer.status_code, answer.json()["error"], answer.json()["data"]) == (400, True, None)

    async def test_a_row_can_be_broken(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole = await goods(http)
        for _ in range(8):
            await wb.fault(GOODS, "broken_row", times=1)
            broken = await goods(http)
            assert [a != b for a, b in zip(whole, broken, strict=True)].count(True) == 1


class TestSteps:
    async def test_a_step_changes_the_price_or_a_discount_of_one_card(self, wb: Wbsim) -> None:
        shop, rng = wb.world.shop(), Random(4)
        seen = set()
        for _ in range(60):
            before = prices.truth(shop, 0)
            prices.step(shop, rng, 0)
            [(old, new)] = [pair for pair in zip(before, prices.truth(shop, 0), strict=True) if pair[0] != pair[1]]
            changed = [name for name in ("discount", "clubDiscount") if old[name] != new[name]]
            assert changed or old["sizes"][0]["price"] != new["sizes"][0]["price"]
            seen |= set(changed or ["price"])
        assert seen == {"price", "discount", "clubDiscount"}


async def test_all_price_methods_may_be_called_five_times_at_once(no_tls: Any) -> None:
    async with running_wbsim(products=1, history_orders=0) as strict:
        for kind, allowed in (("personal", 5), ("base", 1)):
            sid = await strict.seller(products=1)
            headers = {"Authorization": await strict.token(kind=kind, sid=sid)}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                statuses = [(await http.get(GOODS, params={"limit": 1})).status_code for _ in range(allowed + 1)]
            assert statuses == [200] * allowed + [429]
