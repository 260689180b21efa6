"""Cards in the trash: where they vanish, where they are, and how they come back."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.running import ControlError, Wbsim, running_wbsim
from wbsim.sections import trash

TRASH, CARDS, GOODS = "/content/v2/get/cards/trash", "/content/v2/get/cards/list", "/api/v2/list/goods/filter"
Rows = list[dict[str, Any]]


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=16, history_orders=60, limits_factor=1_000_000) as running:
        yield running


async def throw(wb: Wbsim, nm_id: int, *, away: bool = True) -> None:
    await wb.control("POST", f"/products/{nm_id}", {"trashed": away})


async def ask(http: httpx.AsyncClient, ascending: bool = True, query: Any = None, **cursor: Any) -> dict[str, Any]:
    body = {"settings": {"sort": {"ascending": ascending}, "filter": query or {}, "cursor": cursor}}
    answer: dict[str, Any] = (await http.post(TRASH, json=body)).raise_for_status().json()
    return answer


async def listed(http: httpx.AsyncClient) -> list[int]:
    cards = (await http.post(CARDS, json={"settings": {"cursor": {"limit": 100}}})).json()["cards"]
    return [card["nmID"] for card in cards]


class TestThrowingAway:
    async def test_a_card_goes_from_the_lists_to_the_trash_and_back(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before = await listed(http)
        gone = before[3]
        await throw(wb, gone)
        assert set(before) - set(await listed(http)) == {gone}
        goods = (await http.get(GOODS, params={"limit": 1_000})).json()["data"]["listGoods"]
        assert {good["nmID"] for good in goods} == set(before) - {gone}
        assert {card["nmID"] for card in await wb.rows("cards")} == set(before) - {gone}
        assert [card["nmID"] for card in (await ask(http))["cards"]] == [gone]
        await throw(wb, gone, away=False)
        assert (await ask(http))["cards"] == []
        # Newest first: coming back counts as an edit.
        assert await listed(http) == [gone, *(nm_id for nm_id in before if nm_id != gone)]

    async def test_nobody_orders_it(self, wb: Wbsim) -> None:
        kept, *gone = wb.world.shop().products
        for nm_id in gone:
            await throw(wb, nm_id)
        assert {order["nm_id"] for order in await wb.place_orders(count=20)} == {kept}
        with pytest.raises(ControlError, match="no product"):
            await wb.place_orders(nm_id=gone[0])

    async def test_the_last_card_stays(self, wb: Wbsim) -> None:
        sid = await wb.seller(products=1)
        [nm_id] = wb.world.shop(sid).products
        with pytest.raises(ControlError, match="409"):
            await wb.control("POST", f"/products/{nm_id}", {"trashed": True, "sid": sid})

    async def test_twice_is_once(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        nm_id = (await listed(http))[0]
        await throw(wb, nm_id, away=False)
        assert (await listed(http))[0] == nm_id
        await throw(wb, nm_id)
        [first] = await wb.rows("cards_trash")
        await throw(wb, nm_id)
        assert await wb.rows("cards_trash") == [first]

    async def test_its_orders_live_on(self, wb: Wbsim) -> None:
        [order] = await wb.place_orders()
        await throw(wb, order["nm_id"])
        assert (await wb.change_order(order["srid"], "price"))["row"]["nmId"] == order["nm_id"]
        assert (await wb.change_order(order["srid"], "buyout"))["state"] == "bought"
        assert (await wb.change_order(order["srid"], "return"))["state"] == "returned"


class TestList:
    @pytest.mark.parametrize("ascending", [True, False])
    async def test_the_cursor_walks_every_card_once_in_order(
        self, wb: Wbsim, http: httpx.AsyncClient, ascending: bool
    ) -> None:
        gone = list(wb.world.shop().products)[:7]
        for nm_id in gone:
            await throw(wb, nm_id)
        seen: list[int] = []
        cursor: dict[str, Any] = {}
        while True:
            page = await ask(http, ascending, limit=3, **cursor)
            seen += [card["nmID"] for card in page["cards"]]
            cursor = page["cursor"]
            if cursor.pop("total") < 3:
                break
        assert seen == (gone if ascending else gone[::-1])

    async def test_the_saved_cursor_shows_what_was_thrown_away_since(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        first, second = list(wb.world.shop().products)[:2]
        await throw(wb, first)
        saved = (await ask(http))["cursor"]
        assert saved.pop("total") == 1
        assert (await ask(http, **saved))["cursor"] == saved | {"total": 0}
        await throw(wb, second)
        assert [card["nmID"] for card in (await ask(http, **saved))["cards"]] == [second]

    async def test_a_card_is_found_by_its_codes(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for nm_id in list(wb.world.shop().products)[:3]:
            await throw(wb, nm_id)
        card = (await ask(http))["cards"][1]
        for sought in (card["vendorCode"], str(card["nmID"]), card["sizes"][0]["skus"][0]):
            assert (await ask(http, query={"textSearch": sought}))["cards"] == [card]

    async def test_rows_are_the_truth_with_the_fields_of_the_trash(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        nm_id = next(iter(wb.world.shop().products))
        await throw(wb, nm_id)
        [card] = (await ask(http))["cards"]
        assert await wb.rows("cards_trash") == [card]
        assert card["photos"][0]["big"].startswith(wb.url)
        assert not {"title", "imtID", "updatedAt", "brand"} & set(card)

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b'{"settings":{"cursor":{"limit":101}}}', "settings.cursor.limit: must be at most 100"),
            (b'{"settings":{"cursor":{"updatedAt":null}}}', "settings.cursor.updatedAt: unknown field"),
            (b'{"settings":{"cursor":{"trashedAt":"now"}}}', "settings.cursor.trashedAt: must be a time as answered"),
        ],
    )
    async def test_a_wrong_body_is_refused(self, http: httpx.AsyncClient, body: bytes, problem: str) -> None:
        answer = await http.post(TRASH, content=body)
        assert (answer.status_code, answer.json()["errorText"]) == (400, problem)


class TestSteps:
    async def test_cards_come_and_go_but_most_stay(self, wb: Wbsim) -> None:
        shop, rng = wb.world.shop(), Random(2)
        sizes = set()
        for _ in range(60):
            before = set(shop.trash)
            trash.step(shop, rng, shop.clock.now())
            assert len(before ^ set(shop.trash)) == 1
            sizes.add(len(shop.trash))
        assert min(sizes) == 0
        assert 1 < max(sizes) <= len(shop.products) / 4

    async def test_the_only_card_is_left_alone(self, wb: Wbsim) -> None:
        sid = await wb.seller(products=1)
        await wb.step(section="cards_trash", count=3, sid=sid)
        assert await wb.rows("cards_trash", sid) == []
