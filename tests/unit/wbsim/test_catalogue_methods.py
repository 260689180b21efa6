"""Cards, stocks, feedbacks and photos over HTTP."""

import struct
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim

CARDS = "/content/v2/get/cards/list"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=23, history_orders=400, limits_factor=1_000_000) as running:
        yield running


async def cards(http: httpx.AsyncClient, ascending: bool = True, query: Any = None, **cursor: Any) -> dict[str, Any]:
    body = {"settings": {"sort": {"ascending": ascending}, "filter": query or {}, "cursor": cursor}}
    answer: dict[str, Any] = (await http.post(CARDS, json=body)).raise_for_status().json()
    return answer


class TestCards:
    @pytest.mark.parametrize("ascending", [True, False])
    async def test_the_cursor_walks_every_card_once_in_order(self, http: httpx.AsyncClient, ascending: bool) -> None:
        seen: list[tuple[str, int]] = []
        cursor: dict[str, Any] = {}
        while True:
            page = await cards(http, ascending, limit=10, **cursor)
            seen += [(card["updatedAt"], card["nmID"]) for card in page["cards"]]
            cursor = page["cursor"]
            if cursor.pop("total") < 10:
                break
        assert len({nm_id for _, nm_id in seen}) == 23
        assert sorted(seen, key=lambda each: each[0].rstrip("Z"), reverse=not ascending) == seen

    async def test_the_saved_cursor_shows_only_cards_edited_since(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        everything = await cards(http, limit=100)
        saved = {key: everything["cursor"][key] for key in ("updatedAt", "nmID")}
        assert (await cards(http, limit=100, **saved))["cursor"] == saved | {"total": 0}
        edited = everything["cards"][3]["nmID"]
        await wb.control("POST", f"/products/{edited}", {"title": "Новое имя"})
        after = await cards(http, limit=100, **saved)
        assert [(card["nmID"], card["title"]) for card in after["cards"]] == [(edited, "Новое имя")]

    async def test_filters_narrow_the_list(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        first, second = (await cards(http, limit=100))["cards"][:2]
        await wb.control("POST", f"/products/{second['nmID']}", {"photos": 0})
        bare = (await cards(http, query={"withPhoto": 2}))["cards"]
        assert [card["nmID"] for card in bare] == [second["nmID"]]
        assert "photos" not in bare[0]
        for query in (
            {"textSearch": first["vendorCode"]},
            {"textSearch": str(first["nmID"])},
            {"textSearch": first["sizes"][0]["skus"][0]},
            {"imtID": first["imtID"]},
        ):
            assert [card["nmID"] for card in (await cards(http, query=query))["cards"]] == [first["nmID"]]
        brand = (await cards(http, limit=100, query={"brands": [first["brand"]]}))["cards"]
        assert {card["brand"] for card in brand} == {first["brand"]}
        subject = (await cards(http, limit=100, query={"objectIDs": [first["subjectID"]]}))["cards"]
        assert {card["subjectID"] for card in subject} == {first["subjectID"]}
        tagged = (await cards(http, limit=100, query={"tagIDs": [592569]}))["cards"]
        assert all(card["tags"][0]["id"] == 592569 for card in tagged)

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            (b'{"settings":{"cursor":{"limit":101}}}', "settings.cursor.limit: must be at most 100"),
            (b'{"settings":{"cursor":{"nmId":1}}}', "settings.cursor.nmId: unknown field"),
            (b'{"settings":{"cursor":{"updatedAt":"today"}}}', "settings.cursor.updatedAt: must be a time as answered"),
            (b"[]", ": must be an object"),
        ],
    )
    async def test_a_wrong_body_is_refused(self, http: httpx.AsyncClient, body: bytes, problem: str) -> None:
        answer = await http.post(CARDS, content=body)
        assert (answer.status_code, answer.json()["errorText"]) == (400, problem)

    async def test_a_body_that_is_no_json_is_refused_in_plain_text(self, http: httpx.AsyncClient) -> None:
        answer = await http.post(CARDS, content=b"{")
        assert (answer.status_code, answer.text) == (400, "Request body can not be decoded")

    async def test_photos_are_pictures_at_the_address_the_client_used(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        photo = (await cards(http, limit=1))["cards"][0]["photos"][0]
        assert photo["big"].startswith(wb.url)
        picture = await http.get(photo["big"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
        assert picture.content[:8] == b"\x89PNG\r\n\x1a\n"
        assert struct.unpack(">II", picture.content[16:24]) == (516, 688)


class TestStocks:
    async def test_rows_are_the_truth_in_the_one_warehouse(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        items = (await http.post(STOCKS, json={})).json()["data"]["items"]
        assert {(item["warehouseId"], item["warehouseName"]) for item in items} == {(-999999, "Склад WB")}
        truth = {stock["chrt_id"]: stock for stock in (await wb.truth())["stocks"]}
        assert {item["chrtId"]: item["quantity"] for item in items} == {
            chrt_id: stock["quantity"] for chrt_id, stock in truth.items()
        }
        assert truth[order["chrt_id"]]["in_way_to_client"] >= 1

    async def test_pages_end_with_no_content(self, http: httpx.AsyncClient) -> None:
        pages, offset = [], 0
        while (answer := await http.post(STOCKS, json={"limit": 20, "offset": offset})).status_code == 200:
            pages.append(answer.json()["data"]["items"])
            offset += 20
        assert (answer.status_code, answer.content) == (204, b"")
        whole = (await http.post(STOCKS, json={})).json()["data"]["items"]
        assert [item for page in pages for item in page] == whole

    async def test_sizes_count_only_with_their_cards(self, http: httpx.AsyncClient) -> None:
        whole = (await http.post(STOCKS, json={})).json()["data"]["items"]
        wanted = whole[4]
        both = {"nmIds": [wanted["nmId"]], "chrtIds": [wanted["chrtId"]]}
        assert (await http.post(STOCKS, json=both)).json()["data"]["items"] == [wanted]
        alone = await http.post(STOCKS, json={"chrtIds": [wanted["chrtId"]]})
        assert alone.json()["data"]["items"] == whole

    @pytest.mark.parametrize("body", [b"", b'{"limit":250001}', b'{"nmIDs":[1]}', b'{"offset":-1}'])
    async def test_a_wrong_body_is_refused(self, http: httpx.AsyncClient, body: bytes) -> None:
        answer = await http.post(STOCKS, content=body)
        assert (answer.status_code, answer.json()["title"]) == (400, "Invalid request body")

    async def test_stock_can_be_set(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        item = (await http.post(STOCKS, json={"limit": 1})).json()["data"]["items"][0]
        await wb.control("POST", "/stocks", {"chrt_id": item["chrtId"], "quantity": 777})
        again = (await http.post(STOCKS, json={"limit": 1})).json()["data"]["items"][0]
        assert again == item | {"quantity": 777}


class TestFeedbacks:
    async def read(self, http: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
        params = {"isAnswered": "true", "take": 5_000, "skip": 0, **query}
        answer = (await http.get("/api/v1/feedbacks", params=params)).raise_for_status().json()
        found: list[dict[str, Any]] = answer["data"]["feedbacks"]
        return found

    async def test_processed_and_unprocessed_make_up_all(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        processed, open_ = await self.read(http), await self.read(http, isAnswered="false")
        truth = (await wb.truth())["feedbacks"]
        assert {row["id"] for row in truth} == {row["id"] for row in processed + open_}
        assert all(row["answer"] or not row["text"] for row in processed)
        assert all(row["text"] and not row["answer"] for row in open_)

    async def test_order_dates_and_pages(self, http: httpx.AsyncClient) -> None:
        newest_first, oldest_first = await self.read(http), await self.read(http, order="dateAsc")
        assert [row["id"] for row in newest_first] == [row["id"] for row in oldest_first][::-1]
        assert (await self.read(http, take=2, skip=1)) == newest_first[1:3]
        assert await self.read(http, dateTo=1) == []
        nm_id = newest_first[0]["productDetails"]["nmId"]
        assert {row["productDetails"]["nmId"] for row in await self.read(http, nmId=nm_id)} == {nm_id}

    @pytest.mark.parametrize(
        "query",
        [{"take": "0"}, {"take": "5001"}, {"skip": "199991"}, {"isAnswered": "yes"}, {"order": "asc"}, {"x": "1"}],
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        params = {"isAnswered": "true", "take": "1", "skip": "0", **query}
        answer = await http.get("/api/v1/feedbacks", params=params)
        assert (answer.status_code, answer.json()["error"]) == (400, True)


async def test_seller_info_names_the_seller_of_the_token(wb: Wbsim, http: httpx.AsyncClient) -> None:
    info = (await http.get("/common-api/api/v1/seller-info")).json()
    assert (info["sid"], info["name"]) == (wb.world.shop().sid, "ООО «Лесной двор»")
