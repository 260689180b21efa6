"""Claims over HTTP: of bought and returned orders, waiting or decided, for 14 days."""

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import claims
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow

CLAIMS = "/api/v1/claims"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=1_500, history_days=30, limits_factor=1_000_000) as running:
        yield running


async def ask(http: httpx.AsyncClient, archive: bool = True, **query: Any) -> dict[str, Any]:
    params = {"is_archive": str(archive).lower(), **query}
    answer: dict[str, Any] = (await http.get(CLAIMS, params=params)).raise_for_status().json()
    return answer


async def read(http: httpx.AsyncClient, archive: bool = True, **query: Any) -> Rows:
    rows: Rows = (await ask(http, archive, **query))["claims"]
    return rows


class TestRows:
    async def test_every_claim_is_about_an_order_that_was_bought(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        orders = {order["srid"]: order for order in (await wb.truth())["orders"]}
        rows = await read(http) + await read(http, archive=False)
        assert {orders[row["srid"]]["state"] for row in rows} == {"bought", "returned"}
        assert len({row["srid"] for row in rows}) == len(rows)
        for row in rows:
            order = orders[row["srid"]]
            assert row["nm_id"] == order["nm_id"]
            assert row["order_dt"] == order["row"]["date"]
            assert row["price"] == order["row"]["finishedPrice"]
            assert row["order_dt"] < row["delivery_dt"] <= row["dt"] <= row["dt_update"]

    async def test_waiting_and_decided_ones(self, http: httpx.AsyncClient) -> None:
        archive, waiting = await read(http), await read(http, archive=False)
        assert {(row["status"], row["status_ex"]) for row in waiting} == {(0, 0)}
        assert all(row["dt_update"] == row["dt"] and row["actions"] and row["wb_comment"] is None for row in waiting)
        assert {row["status"] for row in archive} == {1, 2}
        assert {row["status_ex"] for row in archive} == {1, 2, 5, 8, 10}
        assert all(row["wb_comment"] and row["dt_update"] >= row["dt"] for row in archive)

    async def test_they_are_the_truth_of_14_days(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        rows = await read(http) + await read(http, archive=False)
        truth = await wb.rows("claims")
        assert sorted(truth, key=lambda row: row["id"]) == sorted(rows, key=lambda row: row["id"])
        two_weeks_ago = moscow(wb.world.clock.now() - 14 * DAY_SECONDS)
        assert two_weeks_ago <= min(row["dt"] for row in rows) < moscow(wb.world.clock.now() - 12 * DAY_SECONDS)

    async def test_photos_are_where_the_client_is(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        photos = [photo for row in await read(http) for photo in row["photos"]]
        assert photos[0].startswith(wb.url)
        assert (await http.get(photos[0])).status_code == 200


class TestQuery:
    async def test_pages_and_their_total(self, http: httpx.AsyncClient) -> None:
        whole = await ask(http)
        assert whole["total"] == len(whole["claims"])
        part = await ask(http, limit=2, offset=1)
        assert (part["claims"], part["total"]) == (whole["claims"][1:3], whole["total"])
        assert await ask(http, offset=whole["total"]) == {"claims": [], "total": whole["total"]}

    async def test_one_claim_and_the_claims_of_a_card(self, http: httpx.AsyncClient) -> None:
        whole = await read(http)
        assert await read(http, id=whole[2]["id"]) == [whole[2]]
        assert await read(http, archive=False, id=whole[2]["id"]) == []
        of_card = await read(http, nm_id=whole[0]["nm_id"])
        assert of_card == [row for row in whole if row["nm_id"] == whole[0]["nm_id"]]

    @pytest.mark.parametrize(
        "query",
        [
            {"is_archive": "1"},
            {"is_archive": "true", "limit": "201"},
            {"is_archive": "true", "limit": "0"},
            {"is_archive": "true", "offset": "-1"},
            {"is_archive": "true", "nmId": "1"},
            {},
        ],
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(CLAIMS, params=query)
        assert (answer.status_code, answer.json()["title"]) == (400, "Invalid query params")
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_only_tokens_for_returns_may_read_them(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for categories, status in ((["feedbacks"], 403), (["returns"], 200)):
            headers = {"Authorization": await wb.token(categories=categories)}
            answer = await http.get(CLAIMS, params={"is_archive": "true"}, headers=headers)
            assert answer.status_code == status

    async def test_ten_at_once_and_one_an_hour_for_basic_tokens(self, no_tls: Any) -> None:
        async with running_wbsim(products=1, history_orders=0) as strict:
            for kind, allowed in (("personal", 10), ("base", 1)):
                sid = await strict.seller(products=1)
                headers = {"Authorization": await strict.token(kind=kind, sid=sid)}
                async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                    query = {"is_archive": "true"}
                    statuses = [(await http.get(CLAIMS, params=query)).status_code for _ in range(allowed + 1)]
                assert statuses == [200] * allowed + [429]


def make_shop(seed: int = 1) -> Shop:
    return Shop(seed=seed, name="Лавка", products=3, clock=Clock(), behaviour=Behaviour(), on_version=lambda *_: None)


class TestTime:
    def test_a_claim_appears_is_decided_and_is_gone(self) -> None:
        shop = make_shop()
        bought_at = shop.clock.now()
        for _ in range(200):
            shop.buy_out(shop.place(bought_at - DAY_SECONDS), bought_at)
        assert claims.truth(shop, bought_at) == []
        planned = [claim for claim in shop.claims.of.values() if claim.decision]
        assert planned
        for claim in planned:
            assert claim.decision
            states = [
                [row["status"] for row in claims.truth(shop, at) if row["srid"] == claim.said["srid"]]
                for at in (claim.filed_at - 1, claim.filed_at, claim.decision.at - 1, claim.decision.at)
            ]
            assert states == [[], [0], [0], [claim.decision.status]]
            assert claim not in shop.claims.readable(claim.filed_at + 14 * DAY_SECONDS + 1)

    def test_a_return_brings_an_approved_claim(self) -> None:
        shop = make_shop()
        now = shop.clock.now()
        returned = []
        for _ in range(60):
            order = shop.place(now - 2 * DAY_SECONDS)
            shop.buy_out(order, now - DAY_SECONDS)
            shop.give_back(order, now)
            returned.append(order.srid)
        rows = claims.truth(shop, now)
        assert 20 < len(rows) < 60
        assert {row["srid"] for row in rows} < set(returned)
        assert {row["status"] for row in rows} == {2}
        assert {row["delivery_dt"] for row in rows} == {moscow(now - DAY_SECONDS)}

    def test_a_return_decides_the_claim_that_waits(self) -> None:
        shop = make_shop()
        now = shop.clock.now()
        claims.step(shop, Random(1), now)
        [waiting] = claims.truth(shop, now)
        assert waiting["status"] == 0
        shop.give_back(shop.orders[waiting["srid"]], now + 60)
        [decided] = claims.truth(shop, now + 60)
        assert (decided["id"], decided["status"], decided["dt"]) == (waiting["id"], 2, waiting["dt"])

    def test_steps_file_and_decide(self) -> None:
        shop = make_shop()
        rng, now = Random(1), shop.clock.now()
        seen = set()
        for _ in range(30):
            claims.step(shop, rng, now)
            seen |= {row["status"] for row in claims.truth(shop, now)}
        assert seen == {0, 1, 2}
        assert len({row["srid"] for row in claims.truth(shop, now)}) == len(claims.truth(shop, now)) > 5
