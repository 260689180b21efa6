"""Every answer of the simulator, good or bad, is one the contract of 2026-10-24 describes."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest
from support.wb_contract import answer_problems
from wbsim.running import Wbsim, running_wbsim

YEAR = "2026-01-01"
CARDS = "/content/v2/get/cards/list"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"
FEEDBACKS = "/api/v1/feedbacks?take=100&skip=0&isAnswered="


class Asked(NamedTuple):
    """A request and where the contract describes it."""

    spec: str
    host: str
    verb: str
    path: str
    body: Any = None


METHODS = {
    "ping": Asked("01-general", "common-api", "GET", "/ping"),
    "seller-info": Asked("01-general", "common-api", "GET", "/api/v1/seller-info"),
    "orders": Asked("12-reports", "statistics-api", "GET", f"/api/v1/supplier/orders?dateFrom={YEAR}"),
    "sales": Asked("12-reports", "statistics-api", "GET", f"/api/v1/supplier/sales?dateFrom={YEAR}"),
    "cards": Asked("02-items", "content-api", "POST", CARDS, {"settings": {"cursor": {"limit": 100}}}),
    "stocks": Asked("11-analytics", "seller-analytics-api", "POST", STOCKS, {}),
    "feedbacks": Asked("09-communications", "feedbacks-api", "GET", f"{FEEDBACKS}true"),
    "unanswered": Asked("09-communications", "feedbacks-api", "GET", f"{FEEDBACKS}false"),
}
WRONG = {
    "orders without dateFrom": METHODS["orders"]._replace(path="/api/v1/supplier/orders"),
    "orders of no date": METHODS["orders"]._replace(path="/api/v1/supplier/orders?dateFrom=soon"),
    "sales of a wrong flag": METHODS["sales"]._replace(path=f"/api/v1/supplier/sales?dateFrom={YEAR}&flag=2"),
    "101 cards": METHODS["cards"]._replace(body={"settings": {"cursor": {"limit": 101}}}),
    "stocks of a mistyped field": METHODS["stocks"]._replace(body={"nmIds": "all"}),
    "feedbacks without take": METHODS["feedbacks"]._replace(path="/api/v1/feedbacks?isAnswered=true&skip=0"),
}


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=120, history_orders=400, limits_factor=10_000) as running:
        [order] = await running.place_orders()
        await running.change_order(order["srid"], "cancel")
        yield running


@pytest.fixture(scope="module")
async def http(wb: Wbsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wb.url) as client:
        yield client


async def ask(http: httpx.AsyncClient, asked: Asked, token: str) -> httpx.Response:
    url = f"/{asked.host}{asked.path}"
    return await http.request(asked.verb, url, json=asked.body, headers={"Authorization": token})


def problems(asked: Asked, response: httpx.Response) -> list[str]:
    path = asked.path.partition("?")[0]
    return answer_problems(asked.spec, asked.verb, path, response.status_code, response.json())


@pytest.mark.parametrize("name", METHODS)
async def test_a_good_answer_is_valid_and_not_empty(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response = await ask(http, METHODS[name], await wb.token())
    assert response.status_code == 200
    assert len(response.content) > 40
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", METHODS)
async def test_a_bad_token_gets_the_401_of_the_contract(name: str, http: httpx.AsyncClient) -> None:
    response = await ask(http, METHODS[name], "not a token")
    assert response.status_code == 401
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].host != "common-api"])
async def test_a_wrong_category_gets_the_403_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response = await ask(http, METHODS[name], await wb.token(categories=["finance"]))
    assert response.status_code == 403
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", [name for name in METHODS if name != "ping"])
async def test_an_unpaid_seller_gets_the_402_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    sid = await wb.seller(products=1)
    await wb.control("POST", f"/sellers/{sid}", {"payment_required": True})
    response = await ask(http, METHODS[name], await wb.token(sid=sid))
    assert response.status_code == 402
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", METHODS)
async def test_too_many_requests_get_the_429_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    fault = await wb.fault(METHODS[name].path.partition("?")[0], "status", status=429, times=1)
    response = await ask(http, METHODS[name], await wb.token())
    assert (fault > 0, response.status_code) == (True, 429)
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_request_gets_the_400_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response = await ask(http, WRONG[name], await wb.token())
    assert response.status_code == 400
    assert problems(WRONG[name], response) == []


async def test_the_check_itself_sees_a_wrong_row() -> None:
    path = METHODS["orders"].path.partition("?")[0]
    assert answer_problems("12-reports", "GET", path, 200, [{"nmId": "12"}])
    assert answer_problems("12-reports", "GET", path, 200, [{"isReal": True}])
