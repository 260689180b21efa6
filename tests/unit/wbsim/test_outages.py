"""WB that is down, slow or wrong about the time, as a whole or one host of it, and tokens that are replaced."""

import time
from email.utils import parsedate_to_datetime

import httpx
import pytest
from wbsim.running import Wbsim

ORDERS = "/api/v1/supplier/orders?dateFrom=2026-01-01"
CARDS = "/content/v2/get/cards/list"


class TestOutages:
    async def test_one_host_is_out_however_it_is_reached_and_the_others_answer(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        await wb.fault("/", "outage", host="statistics-api", how="unavailable")
        at_root, at_host = await http.get(ORDERS), await http.get(f"/statistics-api{ORDERS}")
        assert (at_root.status_code, at_host.status_code) == (503, 503)
        assert (await http.get("/statistics-api/ping")).status_code == 503
        assert (await http.get("/ping")).status_code == 200
        assert (await http.post(CARDS, json={})).status_code == 200

    async def test_all_hosts_are_out_in_every_way_by_turns(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault("/", "outage", seconds=0.01)
        first, second = await http.get(ORDERS), await http.post(CARDS, json={})
        assert (first.status_code, second.status_code) == (503, 504)
        with pytest.raises(httpx.RemoteProtocolError):
            await http.get(ORDERS)
        last = await http.get("/ping")
        assert (last.status_code, last.headers["content-type"]) == (502, "text/html; charset=utf-8")

    async def test_a_fault_is_over_after_so_many_simulated_seconds(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.clock(speed=0)
        await wb.fault("/", "outage", how="unavailable", lasts=600)
        assert (await http.get("/ping")).status_code == 503
        await wb.clock(speed=1_000_000)
        while wb.world.faults.listing():
            assert (await http.get("/seller-analytics-api/ping")).status_code in {200, 429, 503}
        assert (await http.get("/statistics-api/ping")).status_code == 200

    async def test_a_trickling_answer_takes_its_time_and_is_whole(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole = (await http.get(ORDERS)).json()
        await wb.fault("/api/v1/supplier", "trickle", seconds=0.4, times=1)
        began = time.monotonic()
        assert (await http.get(ORDERS)).json() == whole
        assert time.monotonic() - began >= 0.4


class TestLimitOverAllMethods:
    @pytest.mark.parametrize("header", ["x-ratelimit-retry", "retry-after", "none"])
    async def test_it_says_when_to_come_back_as_it_is_told(
        self, wb: Wbsim, http: httpx.AsyncClient, header: str
    ) -> None:
        await wb.control("POST", f"/sellers/{wb.world.shop().sid}", {"global_gate": True})
        await wb.settings(gate_header=header)
        answers = [await http.get("/adv/v1/promotion/count" if n % 2 else "/api/v3/offices") for n in range(40)]
        refused = [answer for answer in answers if "global limiter" in answer.text]
        assert refused
        said = {"x-ratelimit-retry", "retry-after"} & refused[0].headers.keys()
        assert said == ({header} if header != "none" else set())
        assert all(0 < int(refused[0].headers[name]) <= 2 for name in said)

    async def test_a_fault_of_it_may_say_anything(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault("/ping", "global_limit", wait="1e12", times=1)
        assert (await http.get("/ping")).headers["x-ratelimit-retry"] == "1e12"


async def test_a_token_that_was_replaced_is_refused_and_the_new_one_is_not(wb: Wbsim, http: httpx.AsyncClient) -> None:
    old, new = await wb.token(categories=["statistics"]), await wb.token()
    await wb.withdraw(old)
    refused = await http.get(ORDERS, headers={"Authorization": f"Bearer {old}"})
    assert (refused.status_code, refused.json()["detail"]) == (401, "token problem; token is withdrawn")
    assert (await http.get(ORDERS, headers={"Authorization": new})).status_code == 200


@pytest.mark.parametrize("skew", [-300, 300])
async def test_the_clock_of_wb_may_be_wrong(wb: Wbsim, http: httpx.AsyncClient, skew: int) -> None:
    await wb.settings(date_skew_seconds=skew)
    told = parsedate_to_datetime((await http.get("/ping")).headers["date"]).timestamp()
    assert told - wb.world.clock.now() == pytest.approx(skew, abs=60)
