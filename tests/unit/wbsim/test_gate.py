"""Who is let in, how often, and what the refused are told."""

import json
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim

ORDERS = "/api/v1/supplier/orders?dateFrom=2026-01-01"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"
FEEDBACKS = "/api/v1/feedbacks?isAnswered=true&take=1&skip=0"
CARDS = "/content/v2/get/cards/list"
HOURS_3 = 10_800


async def get(http: httpx.AsyncClient, path: str, token: str, body: Any = None) -> httpx.Response:
    headers = {"Authorization": token}
    return await (http.get(path, headers=headers) if body is None else http.post(path, json=body, headers=headers))


class TestTokens:
    @pytest.mark.parametrize("header", ["", "Bearer", "nonsense", "a.b.c"])
    async def test_a_malformed_token_is_unauthorized(self, wb: Wbsim, http: httpx.AsyncClient, header: str) -> None:
        answer = await get(http, ORDERS, header)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
        assert answer.json()["title"] == "unauthorized"

    async def test_an_expired_token_is_unauthorized(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answer = await get(http, ORDERS, await wb.token(expires_in_s=-10))
        assert (answer.status_code, answer.json()["detail"]) == (401, "token problem; token is expired")

    async def test_both_ways_to_send_a_token_work(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token()
        assert (await get(http, ORDERS, token)).status_code == 200
        assert (await get(http, ORDERS, f"Bearer {token}")).status_code == 200

    async def test_each_service_refuses_a_wrong_category_in_its_own_shape(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        token = await wb.token(categories=["finance"])
        statistics, feedbacks = await get(http, ORDERS, token), await get(http, FEEDBACKS, token)
        content, analytics = await get(http, CARDS, token, {}), await get(http, STOCKS, token, {})
        assert {r.status_code for r in (statistics, feedbacks, content, analytics)} == {403}
        assert statistics.json()["statusText"] == "Forbidden"
        assert feedbacks.json()["error"] is True
        assert content.json()["additionalErrors"] == "Access denied"
        assert set(analytics.json()) == {"title", "detail", "requestId", "origin"}

    async def test_a_basic_token_may_not_read_stocks(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answer = await get(http, STOCKS, await wb.token(kind="base"), {})
        assert (answer.status_code, answer.json()["detail"]) == (403, "base token is not allowed")
        assert (await get(http, STOCKS, await wb.token(kind="base_with_secret"), {})).status_code == 200

    async def test_test_tokens_belong_to_the_sandbox_and_no_others_do(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        test, personal = await wb.token(kind="test"), await wb.token()
        assert (await get(http, f"/content-api-sandbox{CARDS}", test, {})).status_code == 200
        assert (await get(http, f"/content-api{CARDS}", test, {})).status_code == 401
        assert (await get(http, f"/content-api-sandbox{CARDS}", personal, {})).status_code == 401

    async def test_a_seller_who_has_not_paid_is_told_so(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.control("POST", f"/sellers/{wb.world.shop().sid}", {"payment_required": True})
        answer = await get(http, ORDERS, await wb.token())
        assert (answer.status_code, answer.json()["title"]) == (402, "payment required")


class TestHosts:
    async def test_ping_checks_the_category_of_its_host(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token(categories=["statistics"])
        assert (await get(http, "/statistics-api/ping", token)).json()["Status"] == "OK"
        assert (await get(http, "/content-api/ping", token)).status_code == 403
        assert (await get(http, "/common-api/ping", token)).status_code == 200
        assert (await get(http, "/ping", token)).status_code == 200

    @pytest.mark.parametrize("path", ["/content-api/api/v1/supplier/orders", "/api/v1/nothing", "/elsewhere/ping"])
    async def test_a_path_the_host_does_not_have_is_not_found(
        self, wb: Wbsim, http: httpx.AsyncClient, path: str
    ) -> None:
        answer = await get(http, path, await wb.token())
        assert (answer.status_code, answer.json()["title"]) == (404, "path not found")


class TestLimits:
    async def test_answers_count_down_and_the_429_says_when_to_return(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token()
        answers = [await get(http, ORDERS, token) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:10]] == [
            str(n) for n in range(9, -1, -1)
        ]
        assert answers[0].headers["x-ratelimit-limit"] == "10"
        assert 55 <= int(answers[10].headers["x-ratelimit-retry"]) <= 60
        assert answers[10].json()["statusText"] == "Too Many Requests"

    async def test_calls_too_early_are_counted_and_refusals_that_are_played_are_not(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        token = await wb.token()
        await wb.fault("/api/v1/supplier/orders", "status", status=429, times=3)
        assert {(await get(http, ORDERS, token)).status_code for _ in range(3)} == {429}
        assert await wb.overdrawn() == 0
        for _ in range(13):
            await get(http, ORDERS, token)
        assert await wb.overdrawn() == 3

    async def test_headers_lie_or_say_nothing_where_they_are_told_to(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token()
        await wb.settings(limit_headers="none")
        assert not [name for name in (await get(http, ORDERS, token)).headers if name.startswith("x-ratelimit")]
        await wb.settings(limit_headers="lying")
        lies = [(await get(http, ORDERS, token)).headers["x-ratelimit-remaining"] for _ in range(5)]
        assert sorted(lies) == ["-1", "0", "0", "999999", "NaN"]

    async def test_a_second_token_of_the_seller_shares_the_bucket(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for _ in range(10):
            await get(http, ORDERS, await wb.token(read_only=True))
        assert (await get(http, ORDERS, await wb.token(kind="service"))).status_code == 429

    async def test_a_basic_token_has_one_call_in_three_hours(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token(kind="base")
        assert (await get(http, ORDERS, token)).status_code == 200
        assert int((await get(http, ORDERS, token)).headers["x-ratelimit-retry"]) > HOURS_3 - 60

    async def test_each_host_counts_its_pings_apart(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token()
        assert [(await get(http, "/content-api/ping", token)).status_code for _ in range(4)] == [200] * 3 + [429]
        assert (await get(http, "/statistics-api/ping", token)).status_code == 200

    @pytest.mark.parametrize(
        ("style", "header"),
        [("retry-after", "retry-after"), ("none", None), ("x-ratelimit-retry", "x-ratelimit-retry")],
    )
    async def test_the_wait_stands_in_the_header_chosen(
        self, wb: Wbsim, http: httpx.AsyncClient, style: str, header: str | None
    ) -> None:
        await wb.settings(retry_header=style)
        token = await wb.token()
        refused = [await get(http, "/api/v1/supplier/sales?dateFrom=2026-01-01", token) for _ in range(2)][1]
        assert refused.status_code == 429
        assert {"retry-after", "x-ratelimit-retry"} & set(refused.headers) == ({header} if header else set())

    async def test_costly_4xx_answers_take_ten_requests(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(costly_4xx_paths=["/api/v1/supplier/orders"])
        token = await wb.token()
        wrong = await get(http, "/api/v1/supplier/orders", token)
        assert (wrong.status_code, wrong.headers["x-ratelimit-remaining"]) == (400, "0")
        assert (await get(http, ORDERS, token)).status_code == 429

    async def test_cheap_4xx_answers_take_one(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        token = await wb.token()
        await get(http, "/api/v1/supplier/orders", token)
        assert (await get(http, ORDERS, token)).headers["x-ratelimit-remaining"] == "8"

    async def test_the_global_gate_closes_over_all_methods(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sid = wb.world.shop().sid
        await wb.control("POST", f"/sellers/{sid}", {"global_gate": True})
        token = await wb.token()
        answers = [await get(http, "/ping", token) for _ in range(30)]
        assert not any("global" in answer.text for answer in answers)
        while "global" not in (await get(http, "/ping", token)).text:
            assert len(await wb.requests()) < 200
        refused = await get(http, "/api/v1/seller-info", token)
        assert refused.status_code == 429
        assert refused.json()["detail"] == f"Limited by global limiter, per seller {sid}"
        assert "x-ratelimit-retry" not in refused.headers


async def test_every_request_is_noted_with_its_trace(wb: Wbsim, http: httpx.AsyncClient) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = await http.get(ORDERS, headers={"traceparent": trace})
    await get(http, "/ping", "bad")
    first, second = await wb.requests()
    assert (first["traceparent"], first["rows"]) == (trace, len(json.loads(answer.content)))
    assert (first["status"], first["sid"]) == (200, wb.world.shop().sid)
    assert (second["status"], second["sid"], second["path"]) == (401, None, "/ping")
    assert await wb.requests(since=second["seq"]) == []
