"""What the funnel and finance show late, in part, or not at all for a while: the truth has it from the start."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim
from wbsim.times import DAY_SECONDS, moscow

HISTORY = "/api/analytics/v3/sales-funnel/products/history"
PERIOD = "/api/analytics/v3/sales-funnel/products"
LIST, ROWS = "/api/finance/v1/sales-reports/list", "/api/finance/v1/sales-reports/detailed"
EVER = {"dateFrom": "2025-01-01", "dateTo": "2099-01-01", "period": "daily"}
Rows = list[dict[str, Any]]


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=4, history_orders=150, history_days=30, limits_factor=1_000_000) as running:
        await running.clock(speed=0)
        yield running


async def history(wb: Wbsim, http: httpx.AsyncClient) -> dict[tuple[int, str], dict[str, Any]]:
    now = wb.world.clock.now()
    period = {"start": moscow(now - 6 * DAY_SECONDS)[:10], "end": moscow(now)[:10]}
    answer = await http.post(HISTORY, json={"selectedPeriod": period, "nmIds": list(wb.world.shop().products)})
    return {(card["product"]["nmId"], day["date"]): day for card in answer.json() for day in card["history"]}


async def ask(http: httpx.AsyncClient, path: str, **body: Any) -> Rows:
    answer = await http.post(path, json=EVER | body)
    rows: Rows = answer.json() if answer.status_code == 200 else []
    return rows


class TestFunnel:
    async def test_an_order_and_what_becomes_of_it_count_after_the_delay(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        [order] = await wb.place_orders()
        await wb.change_order(order["srid"], "buyout")
        today = (order["nm_id"], moscow(wb.world.clock.now())[:10])
        told = (await history(wb, http))[today]
        await wb.settings(funnel_delay_seconds=7_200)
        behind = (await history(wb, http))[today]
        assert told["buyoutCount"] > behind["buyoutCount"]
        assert told["orderCount"] > behind["orderCount"]
        period = {"selectedPeriod": {"start": today[1], "end": today[1]}, "nmIds": [order["nm_id"]]}
        [card] = (await http.post(PERIOD, json=period)).json()["data"]["products"]
        assert card["statistic"]["selected"]["orderCount"] == behind["orderCount"]
        [true] = [row for row in await wb.rows("funnel") if (row["nmId"], row["day"]) == today]
        assert true["orderCount"] == told["orderCount"]

    async def test_days_are_left_out_until_their_gap_is_over(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        everything = await history(wb, http)
        await wb.settings(funnel_gap_share=0.5, funnel_gap_seconds=3 * DAY_SECONDS)
        some = await history(wb, http)
        assert some == await history(wb, http)
        missing = everything.keys() - some.keys()
        old = moscow(wb.world.clock.now() - 3 * DAY_SECONDS)[:10]
        assert missing
        assert all(day >= old for _, day in missing)
        assert some.items() <= everything.items()
        await wb.settings(funnel_gap_seconds=0)
        assert await history(wb, http) == everything


class TestFinance:
    async def test_reports_appear_later_than_due(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        on_time, rows = await ask(http, LIST), await ask(http, ROWS)
        await wb.settings(finance_delay_seconds=2 * DAY_SECONDS)
        late = await ask(http, LIST)
        assert late == on_time[:-2]
        known = {report["reportId"] for report in late}
        assert await ask(http, ROWS) == [row for row in rows if row["reportId"] in known]
        assert (await http.post(f"{ROWS}/{on_time[-1]['reportId']}", json={})).status_code == 404
        assert await wb.rows("finance_daily") == rows

    async def test_rows_come_after_their_report(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        everything = await ask(http, ROWS)
        await wb.settings(finance_late_share=0.3, finance_late_seconds=5 * DAY_SECONDS)
        some = await ask(http, ROWS)
        held_back = [row for row in everything if row not in some]
        old = moscow(wb.world.clock.now() - 7 * DAY_SECONDS)[:10]
        assert held_back
        assert all(row["rrDate"] >= old for row in held_back)
        assert [row for row in everything if row in some] == some
        # Whoever reads on by number alone never sees them.
        assert max(row["rrdId"] for row in some) > min(row["rrdId"] for row in held_back)
        await wb.settings(finance_late_seconds=0)
        assert await ask(http, ROWS) == everything
        assert json.dumps(await wb.rows("finance_daily")) == json.dumps(everything)
