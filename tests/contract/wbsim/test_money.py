"""Finance and adverts: every answer, good or bad, is one the contract of 2026-10-24 describes."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from support.wb_contract import CONTRACT, answer_problems, sample
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections.finance import reports
from wbsim.times import DAY_SECONDS, moscow

PERIOD = {"dateFrom": "2026-01-01", "dateTo": "2099-01-01"}
LAST_DAYS = (moscow(time.time() - 30 * DAY_SECONDS)[:10], moscow(time.time())[:10])


class Asked(NamedTuple):
    """A request, and the path under which the contract describes it; `{ids}` and `{report}` are those there are."""

    spec: str
    host: str
    verb: str
    path: str
    query: str = ""
    body: Any = None
    example: str = ""

    def filled(self, wb: Wbsim) -> tuple[str, Any]:
        """Address and body with what this simulator has."""
        shop = wb.world.shop()
        ids = list(shop.adverts.campaigns)
        report = reports(shop, shop.clock.now(), "weekly")[-1].report_id
        query = self.query.format(ids=",".join(map(str, ids)))
        body = {"advertIds": ids} if self.body == "ids" else self.body
        return f"/{self.host}{self.path.format(reportId=report)}{query}", body


FINANCE = ("13-finances", "finance-api")
ADVERT = ("08-promotion", "advert-api")
ROWS = "/api/finance/v1/sales-reports/detailed"
STATS = f"?ids={{ids}}&beginDate={LAST_DAYS[0]}&endDate={LAST_DAYS[1]}"
SPENDING = f"?from={LAST_DAYS[0]}&to={LAST_DAYS[1]}"
METHODS = {
    "reports": Asked(
        *FINANCE, "POST", "/api/finance/v1/sales-reports/list", body=PERIOD, example="finance_report_list"
    ),
    "rows": Asked(*FINANCE, "POST", ROWS, body=PERIOD, example="finance_report_detailed"),
    "daily rows": Asked(*FINANCE, "POST", ROWS, body=PERIOD | {"period": "daily"}, example="finance_report_detailed"),
    "rows of a report": Asked(*FINANCE, "POST", f"{ROWS}/{{reportId}}", body={}, example="finance_report_detailed"),
    "account": Asked(*FINANCE, "GET", "/api/v1/account/balance", example="account_balance"),
    "count": Asked(*ADVERT, "GET", "/adv/v1/promotion/count", example="advert_promotion_count"),
    "adverts": Asked(*ADVERT, "GET", "/api/advert/v2/adverts", "?ids={ids}", example="advert_adverts"),
    "fullstats": Asked(*ADVERT, "GET", "/adv/v3/fullstats", STATS, example="advert_fullstats"),
    "spending": Asked(*ADVERT, "GET", "/adv/v1/upd", SPENDING, example="advert_upd"),
    "advert balance": Asked(*ADVERT, "GET", "/adv/v1/balance", example="advert_balance"),
    "budgets": Asked(*ADVERT, "POST", "/api/advert/v2/budget", body="ids", example="advert_budget"),
}
WRONG = {
    "reports without a period": METHODS["reports"]._replace(body={}),
    "100,001 rows": METHODS["rows"]._replace(body=PERIOD | {"limit": 100_001}),
    "rows of a report in a period": METHODS["rows of a report"]._replace(body=PERIOD),
    "adverts paid by action": METHODS["adverts"]._replace(query="?payment_type=cpa"),
    "statistics of no campaign": METHODS["fullstats"]._replace(query="?ids=&beginDate=2026-11-01&endDate=2026-11-02"),
    "statistics of 32 days": METHODS["fullstats"]._replace(query="?ids=1&beginDate=2026-10-01&endDate=2026-11-01"),
    "spending backwards": METHODS["spending"]._replace(query="?from=2026-11-02&to=2026-11-01"),
    "budgets of no campaign": METHODS["budgets"]._replace(body={"advertIds": []}),
}


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=30, history_orders=600, limits_factor=1_000_000) as running:
        await running.step(section="campaigns", count=30)
        yield running


@pytest.fixture(scope="module")
async def http(wb: Wbsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wb.url) as client:
        yield client


async def ask(wb: Wbsim, http: httpx.AsyncClient, asked: Asked, token: str) -> tuple[httpx.Response, list[str]]:
    """The answer, and what the contract has against it."""
    address, body = asked.filled(wb)
    response = await http.request(asked.verb, address, json=body, headers={"Authorization": token})
    text = response.headers["content-type"].startswith("text/plain")
    content = response.text if text else response.json()
    return response, answer_problems(asked.spec, asked.verb, asked.path, response.status_code, content)


def keys(value: Any, at: str = "") -> Iterator[str]:
    """Every key path of a JSON value, list places left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{at}.{key}"
            yield from keys(item, f"{at}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from keys(item, f"{at}[]")


@pytest.mark.parametrize("name", METHODS)
async def test_a_good_answer_is_valid_and_has_every_key_of_the_example(
    name: str, wb: Wbsim, http: httpx.AsyncClient
) -> None:
    response, problems = await ask(wb, http, METHODS[name], await wb.token())
    assert (response.status_code, problems[:5]) == (200, [])
    assert set(keys(sample(METHODS[name].example))) <= set(keys(response.json()))


@pytest.mark.parametrize("name", METHODS)
async def test_refusals_of_tokens_are_those_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    for token, status in (("not a token", 401), (await wb.token(categories=["content"]), 403)):
        response, problems = await ask(wb, http, METHODS[name], token)
        assert (response.status_code, problems) == (status, [])


@pytest.mark.parametrize("name", METHODS)
async def test_too_many_requests_get_the_429_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(METHODS[name].path.partition("{")[0], "status", status=429, times=1)
    response, problems = await ask(wb, http, METHODS[name], await wb.token())
    assert (response.status_code, problems) == (429, [])


@pytest.mark.parametrize("name", ["rows", "rows of a report", "account"])  # adverts do not document a 402
async def test_an_unpaid_seller_gets_the_402_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(METHODS[name].path.partition("{")[0], "status", status=402, times=1)
    response, problems = await ask(wb, http, METHODS[name], await wb.token())
    assert (response.status_code, problems) == (402, [])


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_request_gets_the_400_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response, problems = await ask(wb, http, WRONG[name], await wb.token())
    assert (response.status_code, problems) == (400, [])


async def test_a_report_of_nobody_gets_the_404_of_the_contract(wb: Wbsim, http: httpx.AsyncClient) -> None:
    asked = METHODS["rows of a report"]
    headers = {"Authorization": await wb.token()}
    response = await http.post(f"/{asked.host}{ROWS}/1", json={}, headers=headers)
    assert response.status_code == 404
    assert answer_problems(asked.spec, asked.verb, asked.path, 404, response.json()) == []


def test_the_contract_is_at_hand() -> None:
    assert {path.stem for path in CONTRACT.glob("*.json")} > {FINANCE[0], ADVERT[0]}
