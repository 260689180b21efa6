"""Every answer of the simulator, good or bad, is one the contract of 2026-10-24 describes."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from support.wb_contract import answer_problems
from wbsim.config import Behaviour
from wbsim.fbs import month_of
from wbsim.remains import GROUPS
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections.remains import remains_rows

YEAR = "2026-01-01"
CARDS = "/content/v2/get/cards/list"
STOCKS = "/api/analytics/v1/stocks-report/wb-warehouses"
FEEDBACKS = "/api/v1/feedbacks?take=100&skip=0&isAnswered="
FEED = {"selectedPeriod": {"start": (datetime.now(UTC) - timedelta(days=30)).isoformat()}}
ARCHIVE = "/api/marketplace/v3/fbs/orders/archive?year={year}&month={month}&limit=100&next=0"
SELLER_STOCKS = "/api/analytics/v1/stocks-report/seller-warehouses"
REMAINS = "/api/v1/warehouse_remains"
Found = dict[str, Any]


class Asked(NamedTuple):
    """A request and where the contract describes it; names in braces stand for what the shop has (`found`)."""

    spec: str
    host: str
    verb: str
    path: str
    body: Any = None
    """The body, or what makes one of `found`."""


def _a_task(found: Found) -> dict[str, list[int]]:
    return {"orders": [found["task"]]}


def _a_size(found: Found) -> dict[str, list[int]]:
    return {"chrtIds": [found["size"]]}


METHODS = {
    "ping": Asked("01-general", "common-api", "GET", "/ping"),
    "seller-info": Asked("01-general", "common-api", "GET", "/api/v1/seller-info"),
    "orders": Asked("12-reports", "statistics-api", "GET", f"/api/v1/supplier/orders?dateFrom={YEAR}"),
    "sales": Asked("12-reports", "statistics-api", "GET", f"/api/v1/supplier/sales?dateFrom={YEAR}"),
    "cards": Asked("02-items", "content-api", "POST", CARDS, {"settings": {"cursor": {"limit": 100}}}),
    "stocks": Asked("11-analytics", "seller-analytics-api", "POST", STOCKS, {}),
    "feedbacks": Asked("09-communications", "feedbacks-api", "GET", f"{FEEDBACKS}true"),
    "unanswered": Asked("09-communications", "feedbacks-api", "GET", f"{FEEDBACKS}false"),
    "order-feed": Asked("11-analytics", "seller-analytics-api", "POST", "/api/analytics/v1/order-feed", FEED),
    "seller-stocks": Asked("11-analytics", "seller-analytics-api", "POST", SELLER_STOCKS, {}),
    "fbs-orders": Asked("03-orders-fbs", "marketplace-api", "GET", "/api/v3/orders?limit=1000&next=0"),
    "fbs-new": Asked("03-orders-fbs", "marketplace-api", "GET", "/api/v3/orders/new"),
    "fbs-archive": Asked("03-orders-fbs", "marketplace-api", "GET", ARCHIVE),
    "fbs-statuses": Asked("03-orders-fbs", "marketplace-api", "POST", "/api/v3/orders/status", _a_task),
    "warehouses": Asked("02-items", "marketplace-api", "GET", "/api/v3/warehouses"),
    "offices": Asked("02-items", "marketplace-api", "GET", "/api/v3/offices"),
    "stocks-of-warehouse": Asked("02-items", "marketplace-api", "POST", "/api/v3/stocks/{warehouseId}", _a_size),
    "remains": Asked("12-reports", "seller-analytics-api", "GET", f"{REMAINS}?groupByNm=true"),
    "remains-status": Asked("12-reports", "seller-analytics-api", "GET", REMAINS + "/tasks/{task_id}/status"),
    "remains-rows": Asked("12-reports", "seller-analytics-api", "GET", REMAINS + "/tasks/{task_id}/download"),
}
WRONG = {
    "orders without dateFrom": METHODS["orders"]._replace(path="/api/v1/supplier/orders"),
    "orders of no date": METHODS["orders"]._replace(path="/api/v1/supplier/orders?dateFrom=soon"),
    "sales of a wrong flag": METHODS["sales"]._replace(path=f"/api/v1/supplier/sales?dateFrom={YEAR}&flag=2"),
    "101 cards": METHODS["cards"]._replace(body={"settings": {"cursor": {"limit": 101}}}),
    "stocks of a mistyped field": METHODS["stocks"]._replace(body={"nmIds": "all"}),
    "feedbacks without take": METHODS["feedbacks"]._replace(path="/api/v1/feedbacks?isAnswered=true&skip=0"),
    "a feed of no period": METHODS["order-feed"]._replace(body={}),
    "1001 tasks": METHODS["fbs-orders"]._replace(path="/api/v3/orders?limit=1001&next=0"),
    "the archive of no month": METHODS["fbs-archive"]._replace(path=ARCHIVE.partition("?")[0]),
    "statuses of nothing": METHODS["fbs-statuses"]._replace(body={"orders": []}),
    "stocks by barcode": METHODS["stocks-of-warehouse"]._replace(body={"skus": ["1"]}),
    "remains by weight": METHODS["remains"]._replace(path=f"{REMAINS}?groupByWeight=true"),
    "a report of no id": METHODS["remains-status"]._replace(path=REMAINS + "/tasks/{size}/status"),
}
UNKNOWN = {
    "a warehouse of nobody's": METHODS["stocks-of-warehouse"]._replace(path="/api/v3/stocks/{size}"),
    "a report of nobody's": METHODS["remains-rows"]._replace(path=REMAINS + "/tasks/{nobody}/download"),
}
NO_402 = {"ping", "order-feed", "seller-stocks", "warehouses", "offices", "remains-status"}
"""Methods for which the contract has no 402, though the token's owner may owe WB as well."""


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    options: dict[str, Any] = {"products": 120, "history_orders": 800, "history_days": 180, "limits_factor": 10_000}
    async with running_wbsim(**options, behaviour=Behaviour(fbs_share=0.3, report_seconds=0)) as running:
        [order] = await running.place_orders()
        await running.change_order(order["srid"], "cancel")
        await running.step(section="fbs_orders")
        yield running


@pytest.fixture(scope="module")
def found(wb: Wbsim) -> Found:
    shop = wb.world.shop()
    report = shop.remains.order(remains_rows(shop, GROUPS), wb.world.clock.now(), wb.world.behaviour)
    [warehouse, *_] = shop.warehouses.of.values()
    [oldest, *_] = shop.fbs.tasks.values()
    year, month = month_of(oldest)
    return {
        "task_id": report.id,
        "nobody": "00000000-0000-4000-8000-000000000000",
        "warehouseId": warehouse.id,
        "size": next(iter(warehouse.stock)),
        "task": oldest.id,
        "year": year,
        "month": month,
    }


@pytest.fixture(scope="module")
async def http(wb: Wbsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wb.url) as client:
        yield client


async def ask(http: httpx.AsyncClient, found: Found, asked: Asked, token: str) -> httpx.Response:
    url = f"/{asked.host}{asked.path.format(**found)}"
    body = asked.body(found) if callable(asked.body) else asked.body
    return await http.request(asked.verb, url, json=body, headers={"Authorization": token})


def problems(asked: Asked, response: httpx.Response) -> list[str]:
    path = re.sub(r"/tasks/{\w+}", "/tasks/{task_id}", asked.path.partition("?")[0])
    path = re.sub(r"/stocks/{\w+}", "/stocks/{warehouseId}", path)
    return answer_problems(asked.spec, asked.verb, path, response.status_code, response.json())


@pytest.mark.parametrize("name", METHODS)
async def test_a_good_answer_is_valid_and_not_empty(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    response = await ask(http, found, METHODS[name], await wb.token())
    assert response.status_code == 200
    assert len(response.content) > 40
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", METHODS)
async def test_a_bad_token_gets_the_401_of_the_contract(name: str, found: Found, http: httpx.AsyncClient) -> None:
    response = await ask(http, found, METHODS[name], "not a token")
    assert response.status_code == 401
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].host != "common-api"])
async def test_a_wrong_category_gets_the_403_of_the_contract(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    response = await ask(http, found, METHODS[name], await wb.token(categories=["finance"]))
    assert response.status_code == 403
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", [name for name in METHODS if name not in NO_402])
async def test_an_unpaid_seller_gets_the_402_of_the_contract(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    sid = await wb.seller(products=1)
    await wb.control("POST", f"/sellers/{sid}", {"payment_required": True})
    response = await ask(http, found, METHODS[name], await wb.token(sid=sid))
    assert response.status_code == 402
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", METHODS)
async def test_too_many_requests_get_the_429_of_the_contract(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    path = METHODS[name].path.partition("?")[0].format(**found)
    fault = await wb.fault(path, "status", status=429, times=1)
    response = await ask(http, found, METHODS[name], await wb.token())
    assert (fault > 0, response.status_code) == (True, 429)
    assert problems(METHODS[name], response) == []


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_request_gets_the_400_of_the_contract(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    response = await ask(http, found, WRONG[name], await wb.token())
    assert response.status_code == 400
    assert problems(WRONG[name], response) == []


@pytest.mark.parametrize("name", UNKNOWN)
async def test_what_nobody_has_gets_the_404_of_the_contract(
    name: str, wb: Wbsim, found: Found, http: httpx.AsyncClient
) -> None:
    response = await ask(http, found, UNKNOWN[name], await wb.token())
    assert response.status_code == 404
    assert problems(UNKNOWN[name], response) == []


async def test_the_check_itself_sees_a_wrong_row() -> None:
    path = METHODS["orders"].path.partition("?")[0]
    assert answer_problems("12-reports", "GET", path, 200, [{"nmId": "12"}])
    assert answer_problems("12-reports", "GET", path, 200, [{"isReal": True}])
