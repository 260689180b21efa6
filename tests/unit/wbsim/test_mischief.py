"""Rows out of order and given twice, methods switched off, and rows that show at certain times only."""

from collections import Counter
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.config import Behaviour
from wbsim.methods import PlainRow
from wbsim.mischief import Mischief
from wbsim.running import Wbsim, running_wbsim

ORDERS = "/api/v1/supplier/orders"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"
CARDS = "/content/v2/get/cards/list"
READER = ("seller", STOCKS)


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=60, limits_factor=1_000_000) as running:
        yield running


async def stocks(http: httpx.AsyncClient, **body: int) -> list[dict[str, Any]]:
    answer = (await http.post(STOCKS, json=body)).raise_for_status()
    items: list[dict[str, Any]] = answer.json()["data"]["items"] if answer.content else []
    return items


def keys(rows: list[dict[str, Any]]) -> list[int]:
    return [row["chrtId"] for row in rows]


class TestShuffled:
    async def test_rows_without_a_promised_order_come_in_another_each_time(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        sorted_rows = await stocks(http)
        await wb.settings(shuffled=True)
        first, second = await stocks(http), await stocks(http)
        assert keys(first) != keys(second)
        assert sorted(keys(first)) == sorted(keys(second)) == sorted(keys(sorted_rows))

    async def test_pages_by_last_change_keep_the_order_wb_promises(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(shuffled=True)
        changed = [row["lastChangeDate"] for row in (await http.get(ORDERS, params={"dateFrom": "2020-01-01"})).json()]
        assert changed == sorted(changed)
        cards = (await http.post(CARDS, json={"settings": {"sort": {"ascending": True}}})).json()["cards"]
        assert [card["updatedAt"] for card in cards] == sorted(card["updatedAt"] for card in cards)

    async def test_a_day_has_no_promised_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.place_orders(count=30)
        today = (await wb.rows("orders"))[-1]["date"]
        query: dict[str, str | int] = {"dateFrom": today, "flag": 1}
        before = [row["srid"] for row in (await http.get(ORDERS, params=query)).json()]
        await wb.settings(shuffled=True)
        after = [row["srid"] for row in (await http.get(ORDERS, params=query)).json()]
        assert after != before
        assert sorted(after) == sorted(before)


class TestRepeated:
    async def test_rows_come_twice_in_their_page(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        once = await stocks(http)
        await wb.settings(repeated_share=0.5)
        given = await stocks(http)
        times = Counter(keys(given))
        assert set(times.values()) == {1, 2}
        assert set(times) == set(keys(once))
        assert all(row in once for row in given)

    async def test_rows_of_one_page_come_again_on_the_next(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(repeated_share=1)
        first, second = await stocks(http, limit=10), await stocks(http, limit=10, offset=10)
        again = set(keys(first)) & set(keys(second))
        assert again
        assert len(set(keys(second)) - again) == 10

    async def test_a_list_begun_anew_has_no_rows_of_the_last_one(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(repeated_share=1)
        first = await stocks(http, limit=10)
        await stocks(http, limit=10, offset=10)
        assert set(keys(await stocks(http, limit=10))) == set(keys(first))

    async def test_cards_repeat_behind_a_cursor(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(repeated_share=1)
        first = (await http.post(CARDS, json={"settings": {"cursor": {"limit": 5}}})).json()
        cursor = {"limit": 5, "updatedAt": first["cursor"]["updatedAt"], "nmID": first["cursor"]["nmID"]}
        second = (await http.post(CARDS, json={"settings": {"cursor": cursor}})).json()
        assert {card["nmID"] for card in first["cards"]} & {card["nmID"] for card in second["cards"]}

    async def test_a_place_in_the_query_counts_too(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sid = await wb.seller(products=2, history_orders=400)
        headers = {"Authorization": await wb.token(sid=sid)}
        await wb.settings(repeated_share=1)

        async def ids(skip: int) -> set[str]:
            query: dict[str, str | int] = {"isAnswered": "true", "take": 8, "skip": skip}
            answer = await http.get("/api/v1/feedbacks", params=query, headers=headers)
            return {row["id"] for row in answer.json()["data"]["feedbacks"]}

        assert await ids(0) & await ids(8)

    async def test_pages_stay_in_their_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(repeated_share=0.7, page_rows=20)
        page = (await http.get(ORDERS, params={"dateFrom": "2020-01-01"})).json()
        assert len(page) > 20
        assert [row["lastChangeDate"] for row in page] == sorted(row["lastChangeDate"] for row in page)

    def test_one_reader_s_rows_do_not_come_to_another(self) -> None:
        mischief, behaviour = Mischief(Random(1)), Behaviour(repeated_share=1)
        rows = [PlainRow(str(number), b"{}") for number in range(20)]
        mischief.misplaced(rows, behaviour, reader=READER, ordered=True, follows=False)
        theirs = mischief.misplaced([PlainRow("x", b"{}")], behaviour, reader=("b", STOCKS), ordered=True, follows=True)
        assert {row.key for row in theirs} == {"x"}

    def test_an_empty_page_stays_empty(self) -> None:
        mischief, behaviour = Mischief(Random(1)), Behaviour(repeated_share=1)
        rows = [PlainRow(str(number), b"{}") for number in range(20)]
        mischief.misplaced(rows, behaviour, reader=READER, ordered=True, follows=False)
        assert mischief.misplaced([], behaviour, reader=READER, ordered=True, follows=True) == []


class TestSwitchedOff:
    async def test_a_method_is_off_until_it_is_on_again(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(switched_off=[STOCKS, "/statistics-api/ping"])
        off = [await http.post(STOCKS, json={}) for _ in range(3)]
        assert {answer.status_code for answer in off} == {404}
        assert off[0].json()["detail"] == "This method is temporarily disabled"
        assert (await http.get("/statistics-api/ping")).status_code == 404
        assert (await http.get("/ping")).status_code == 200
        await wb.settings(switched_off=[])
        assert (await http.post(STOCKS, json={})).status_code == 200


class TestRefresh:
    async def test_changes_show_at_the_next_refresh_and_are_true_before(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        await wb.settings(refresh_seconds=1_800)
        [order] = await wb.place_orders()
        assert order["visible_at"] > order["changed_at"]
        assert order["visible_at"] % 1_800 == pytest.approx(0, abs=0.01)
        assert order["row"] not in (await http.get(ORDERS, params={"dateFrom": "2020-01-01"})).json()
        assert order["row"] in await wb.rows("orders")

    def test_the_refresh_shows_what_waited(self, wb: Wbsim) -> None:
        wb.world.behaviour.refresh_seconds = 1_800
        shop = wb.world.shop()
        now = shop.clock.now()
        order = shop.place(now)
        seen = [
            order.srid in {entry.key for entry in shop.order_feed.since(0, inclusive=True, rows=999, oldest=0, now=at)}
            for at in (now, now + 1_800)
        ]
        assert seen == [False, True]


async def test_nothing_of_this_happens_unless_asked_for(wb: Wbsim) -> None:
    settings = await wb.settings()
    assert (settings["drift"], settings["switched_off"]) == ([], [])
    assert {settings[name] for name in ("shuffled", "repeated_share", "refresh_seconds")} == {0}
