"""Answers that refuse what is asked about, say nothing, or lead to moments and waits that cannot be."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from wbsim.faults import NOTHING, NOTHINGS, POISONS, Nothing
from wbsim.running import Wbsim, running_wbsim

BUDGETS = "/api/advert/v2/budget"
CARDS = "/content/v2/get/cards/list"
FULLSTATS = "/adv/v3/fullstats"
ORDERS = "/api/v1/supplier/orders"
SPEND = "/adv/v1/upd"
TASKS = "/api/v3/orders"


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(seed=3, history_orders=20, limits_factor=600) as running:
        yield running


@pytest.fixture
async def http(wb: Wbsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=wb.url, headers={"Authorization": await wb.token()}) as client:
        yield client


async def test_a_call_that_names_one_of_the_ids_is_refused_and_no_other(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault("/", "refused_ids", ids=[7, 9])
    days = {"beginDate": "2026-11-01", "endDate": "2026-11-07"}
    for ids, status in (("5,7,8", 400), ("5,77,8", 200), ("9", 400)):
        assert (await http.get(FULLSTATS, params={"ids": ids, **days})).status_code == status
    for numbers, status in (([5, 7], 400), ([5, 77], 200)):
        assert (await http.post(BUDGETS, json={"advertIds": numbers})).status_code == status


async def test_a_call_whose_period_has_one_of_the_days_is_refused_and_no_other(
    wb: Wbsim, http: httpx.AsyncClient
) -> None:
    now = datetime.now(UTC)
    days = [(now - timedelta(days=ago)).date().isoformat() for ago in range(9)]
    await wb.fault("/", "refused_days", days=[days[4]])
    for first, last, status in ((6, 3, 400), (4, 1, 400), (3, 1, 200), (8, 5, 200)):
        assert (await http.get(SPEND, params={"from": days[first], "to": days[last]})).status_code == status
        period = {
            "dateFrom": int((now - timedelta(days=first)).timestamp()),
            "dateTo": int((now - timedelta(days=last)).timestamp()),
        }
        assert (await http.get(TASKS, params={"limit": 10, "next": 0, **period})).status_code == status
    assert (await http.get("/api/v3/warehouses")).status_code == 200


@pytest.mark.parametrize("how", NOTHINGS)
async def test_nothing_is_said_as_it_was_asked_for(wb: Wbsim, http: httpx.AsyncClient, how: Nothing) -> None:
    await wb.fault(ORDERS, "nothing", times=1, how=how)
    answer = await http.get(ORDERS, params={"dateFrom": "2020-01-01"})
    assert (answer.status_code, answer.content) == NOTHING[how]
    assert (await http.get(ORDERS, params={"dateFrom": "2020-01-01"})).json()


@pytest.mark.parametrize("how", POISONS)
async def test_one_row_has_a_moment_that_cannot_be(wb: Wbsim, http: httpx.AsyncClient, how: Nothing) -> None:
    await wb.fault(ORDERS, "poisoned", times=1, how=how)
    asked = {"dateFrom": "2020-01-01"}
    odd, sound = [(await http.get(ORDERS, params=asked)).json() for _ in range(2)]
    assert sum(a != b for a, b in zip(odd, sound, strict=True)) == 1
    [damage] = (await wb.truth())["damaged"]
    assert (damage["how"], damage["field"]) == (how, "lastChangeDate")


async def test_a_cursor_beside_the_rows_leads_to_a_moment_that_cannot_be(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(CARDS, "poisoned", times=1, how="future")
    asked = {"settings": {"cursor": {"limit": 3}}}
    answer = (await http.post(CARDS, json=asked)).json()
    assert answer["cursor"]["updatedAt"].startswith("2099")
    assert sum(card["updatedAt"].startswith("2099") for card in answer["cards"]) == 1


@pytest.mark.parametrize("wait", ["-5", "0", "soon", "1e9", "2.5", "Sat, 21 Nov 2026 12:00:30 GMT"])
async def test_a_429_says_how_long_to_wait_in_words_of_its_own(wb: Wbsim, http: httpx.AsyncClient, wait: str) -> None:
    await wb.fault(ORDERS, "status", status=429, wait=wait, times=1)
    answer = await http.get(ORDERS, params={"dateFrom": "2020-01-01"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == answer.headers["x-ratelimit-retry"] == wait
