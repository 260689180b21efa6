"""Prices, trash, feedbacks, questions, claims, tariffs, funnel: answers and refusals as the contract describes them."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from support.wb_contract import answer_problems, sample
from wbsim.running import Wbsim, running_wbsim
from wbsim.times import DAY_SECONDS, moscow

TODAY, WEEK_AGO = (moscow(time.time() - days * DAY_SECONDS)[:10] for days in (0, 5))
WEEK = {"start": WEEK_AGO, "end": TODAY}
PAST = {"start": "2026-10-01", "end": "2026-10-08"}


class Asked(NamedTuple):
    """A request, and where the contract describes it; an `nmIds` of "all" stands for those of the shop."""

    spec: str
    host: str
    verb: str
    path: str
    query: str = ""
    body: Any = None
    example: str = ""

    def filled(self, wb: Wbsim) -> Any:
        """The body with what this simulator has."""
        if not self.body or self.body.get("nmIds") != "all":
            return self.body
        return self.body | {"nmIds": list(wb.world.shop().products)}


PRICES = ("02-items", "discounts-prices-api", "GET", "/api/v2/list/goods/filter")
TRASH = ("02-items", "content-api", "POST", "/content/v2/get/cards/trash")
BUYERS = ("09-communications", "feedbacks-api", "GET")
CLAIMS = ("09-communications", "returns-api", "GET", "/api/v1/claims")
TARIFFS = ("10-rates", "common-api", "GET")
FUNNEL = ("11-analytics", "seller-analytics-api", "POST", "/api/analytics/v3/sales-funnel/products")
HISTORY = (*FUNNEL[:3], f"{FUNNEL[3]}/history")
ON = f"?date={TODAY}"
METHODS = {
    "prices": Asked(*PRICES, "?limit=1000", example="prices_list"),
    "trash": Asked(*TRASH, body={"settings": {"cursor": {"limit": 100}}}),
    "archive": Asked(*BUYERS, "/api/v1/feedbacks/archive", "?take=5000&skip=0"),
    "feedbacks to answer": Asked(*BUYERS, "/api/v1/feedbacks/count-unanswered", example="feedbacks_count_unanswered"),
    "questions": Asked(*BUYERS, "/api/v1/questions", "?take=100&skip=0&isAnswered=true", example="questions"),
    "new questions": Asked(*BUYERS, "/api/v1/questions", "?take=100&skip=0&isAnswered=false", example="questions"),
    "questions to answer": Asked(*BUYERS, "/api/v1/questions/count-unanswered", example="feedbacks_count_unanswered"),
    "claims": Asked(*CLAIMS, "?is_archive=true", example="claims"),
    "open claims": Asked(*CLAIMS, "?is_archive=false", example="claims"),
    "commission": Asked(*TARIFFS, "/api/v1/tariffs/commission", "?locale=ru", example="tariffs_commission"),
    "boxes": Asked(*TARIFFS, "/api/v1/tariffs/box", ON, example="tariffs_box"),
    "pallets": Asked(*TARIFFS, "/api/v1/tariffs/pallet", ON, example="tariffs_pallet"),
    "returns": Asked(*TARIFFS, "/api/v1/tariffs/return", ON, example="tariffs_return"),
    "funnel": Asked(*FUNNEL, body={"selectedPeriod": WEEK, "pastPeriod": PAST}, example="sales_funnel_products"),
    "funnel alone": Asked(*FUNNEL, body={"selectedPeriod": WEEK}),
    "history": Asked(*HISTORY, body={"selectedPeriod": WEEK, "nmIds": "all"}, example="sales_funnel_history"),
}
WRONG = {
    "prices without a limit": METHODS["prices"]._replace(query=""),
    "101 cards": METHODS["trash"]._replace(body={"settings": {"cursor": {"limit": 101}}}),
    "an archive without take": METHODS["archive"]._replace(query="?skip=0"),
    "10,001 questions": METHODS["questions"]._replace(query="?take=10000&skip=1&isAnswered=true"),
    "claims of no state": METHODS["claims"]._replace(query=""),
    "commission in Kazakh": METHODS["commission"]._replace(query="?locale=kz"),
    "boxes of no day": METHODS["boxes"]._replace(query="?date=tomorrow"),
    "pallets without a day": METHODS["pallets"]._replace(query=""),
    "returns of a mistyped day": METHODS["returns"]._replace(query="?day=2026-11-21"),
    "a funnel of no period": METHODS["funnel"]._replace(body={}),
    "a history of 21 cards": METHODS["history"]._replace(body={"selectedPeriod": WEEK, "nmIds": list(range(21))}),
}
OPEN_TO_ALL = "common-api"


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=20, history_orders=600, history_days=40, limits_factor=1_000_000) as running:
        for section in ("claims", "feedbacks", "questions", "prices"):
            await running.step(section=section, count=10)
        nm_id = next(iter(running.world.shop().products))
        await running.control("POST", f"/products/{nm_id}", {"trashed": True})
        yield running


@pytest.fixture(scope="module")
async def http(wb: Wbsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wb.url) as client:
        yield client


async def ask(wb: Wbsim, http: httpx.AsyncClient, asked: Asked, token: str) -> tuple[httpx.Response, list[str]]:
    """The answer, and what the contract has against it."""
    url, headers = f"/{asked.host}{asked.path}{asked.query}", {"Authorization": token}
    response = await http.request(asked.verb, url, json=asked.filled(wb), headers=headers)
    return response, answer_problems(asked.spec, asked.verb, asked.path, response.status_code, response.json())


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
    assert len(response.content) > 100 or "to answer" in name
    if METHODS[name].example:
        assert set(keys(sample(METHODS[name].example))) <= set(keys(response.json()))


@pytest.mark.parametrize("name", METHODS)
async def test_refusals_of_tokens_are_those_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response, problems = await ask(wb, http, METHODS[name], "not a token")
    assert (response.status_code, problems) == (401, [])
    if METHODS[name].host != OPEN_TO_ALL:
        response, problems = await ask(wb, http, METHODS[name], await wb.token(categories=["finance"]))
        assert (response.status_code, problems) == (403, [])


@pytest.mark.parametrize("name", METHODS)
async def test_limits_and_balances_are_refused_as_in_the_contract(
    name: str, wb: Wbsim, http: httpx.AsyncClient
) -> None:
    for status in (402, 429):
        await wb.fault(METHODS[name].path, "status", status=status, times=1)
        response, problems = await ask(wb, http, METHODS[name], await wb.token())
        assert (response.status_code, problems) == (status, [])


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_request_gets_the_400_of_the_contract(name: str, wb: Wbsim, http: httpx.AsyncClient) -> None:
    response, problems = await ask(wb, http, WRONG[name], await wb.token())
    assert (response.status_code, problems) == (400, [])
