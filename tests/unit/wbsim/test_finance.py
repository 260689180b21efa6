"""Finance reports explain every order, appear when they are due, and are read page by page."""

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.history import live_through
from wbsim.ledger import REPORT_AFTER_SECONDS
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections.finance import reports, rows_after, truth
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, MOSCOW, moscow, moscow_day

LIST, ROWS = "/api/finance/v1/sales-reports/list", "/api/finance/v1/sales-reports/detailed"
BALANCE = "/api/v1/account/balance"
EVER = {"dateFrom": "2025-01-01", "dateTo": "2099-01-01"}
MONEY = re.compile(r"-?\d+(\.\d{1,2})?")
AMOUNTS = ("retailPrice", "retailAmount", "forPay", "deliveryService", "penalty", "paidStorage", "acquiringFee", "vw")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=400, history_days=50, limits_factor=1_000_000) as running:
        yield running


async def ask(http: httpx.AsyncClient, path: str = ROWS, **body: Any) -> Rows:
    answer = await http.post(path, json=(EVER if path in {LIST, ROWS} else {}) | body)
    rows: Rows = answer.raise_for_status().json() if answer.status_code == 200 else []
    return rows


def kopecks(text: str) -> int:
    return round(float(text) * 100)


def by_srid(rows: Rows) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    for row in rows:
        found[row["srid"]].append(row)
    return found


class TestRows:
    async def test_every_purchase_and_return_has_its_exact_pay_and_its_logistics(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        rows = by_srid(await ask(http, period="daily"))
        reported = moscow(wb.world.shop().ledger.days[-1].midnight + DAY_SECONDS)
        sales = [sale["row"] for sale in (await wb.truth())["sales"] if sale["row"]["date"] < reported]
        assert {sale["saleID"][0] for sale in sales} == {"S", "R"}
        for sale in sales:
            kind = "Продажа" if sale["saleID"].startswith("S") else "Возврат"
            way = "К клиенту при продаже" if kind == "Продажа" else "От клиента при возврате"
            [settled] = [row for row in rows[sale["srid"]] if row["docTypeName"] == kind]
            [carried] = [row for row in rows[sale["srid"]] if row["bonusTypeName"] == way]
            assert kopecks(settled["forPay"]) == round(abs(sale["forPay"]) * 100) > 0
            assert settled["rrDate"] == carried["rrDate"] == sale["date"][:10]
            assert (settled["nmId"], settled["sku"]) == (sale["nmId"], sale["barcode"])
            assert kopecks(carried["deliveryService"]) > 0 == kopecks(carried["forPay"])

    async def test_every_refusal_is_carried_both_ways_and_pays_nothing(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        rows = by_srid(await ask(http, period="daily"))
        reported = moscow(wb.world.shop().ledger.days[-1].midnight + DAY_SECONDS)
        orders = [order["row"] for order in (await wb.truth())["orders"]]
        refused = [order for order in orders if order["isCancel"] and order["cancelDate"] < reported]
        assert refused
        for order in refused:
            carried = [row for row in rows[order["srid"]] if row["sellerOperName"] == "Логистика"]
            assert [(row["deliveryAmount"], row["returnAmount"]) for row in carried] == [(1, 0), (0, 1)]
            assert sum(kopecks(row["forPay"]) for row in rows[order["srid"]]) == 0

    async def test_what_the_buyer_paid_is_shared_out_without_rest(self, http: httpx.AsyncClient) -> None:
        settled = [row for row in await ask(http) if row["docTypeName"]]
        assert len(settled) > 100
        for row in settled:
            parts = sum(kopecks(row[name]) for name in ("forPay", "acquiringFee", "vw", "vwNds"))
            assert parts == kopecks(row["retailAmount"])
            assert row["quantity"] == 1

    async def test_money_is_text_and_percents_are_numbers(self, http: httpx.AsyncClient) -> None:
        for row in await ask(http):
            assert all(MONEY.fullmatch(row[name]) for name in AMOUNTS)
            assert all(isinstance(row[name], int | float) for name in ("commissionPercent", "spp", "kvw"))

    async def test_some_rows_come_from_no_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        rows = await ask(http, period="daily")
        kinds = Counter(row["sellerOperName"] for row in rows)
        assert kinds["Хранение"] == len(wb.world.shop().ledger.days)
        assert all(row["nmId"] == 0 == row["quantity"] for row in rows if row["sellerOperName"] == "Хранение")

    async def test_days_and_weeks_have_the_same_rows_under_reports_of_their_own(self, http: httpx.AsyncClient) -> None:
        weekly, daily = await ask(http), await ask(http, period="daily")
        head = {"reportId", "dateFrom", "dateTo", "createDate"}
        of_day = {row["rrdId"]: row for row in daily}
        for row in weekly:
            other = of_day[row["rrdId"]]
            assert "reportId" in {name for name in row if row[name] != other[name]} <= head
            assert row["dateFrom"] <= row["rrDate"] == other["dateFrom"] == other["dateTo"] <= row["dateTo"]
            assert 9 * 10**18 < other["reportId"] < 2**63
            assert row["reportId"] < 2**31

    async def test_the_truth_is_what_is_answered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        assert await wb.rows("finance") == await ask(http) != []
        assert await wb.rows("finance_daily") == await ask(http, period="daily") != []


class TestPages:
    async def test_pages_follow_the_row_number_and_end_with_no_content(self, http: httpx.AsyncClient) -> None:
        whole, walked, after = await ask(http), list[dict[str, Any]](), 0
        while page := await ask(http, limit=170, rrdId=after):
            assert len(page) <= 170
            walked, after = walked + page, page[-1]["rrdId"]
        assert walked == whole
        assert all(a["rrdId"] < b["rrdId"] for a, b in pairwise(whole))
        answer = await http.post(ROWS, json=EVER | {"rrdId": after})
        assert (answer.status_code, answer.content) == (204, b"")

    async def test_a_period_has_the_reports_that_share_a_day_with_it(self, http: httpx.AsyncClient) -> None:
        second = (await ask(http, LIST))[1]
        day = second["dateTo"]
        rows = await ask(http, dateFrom=day, dateTo=f"{day}T23:59:59")
        assert {row["reportId"] for row in rows} == {second["reportId"]}
        assert {row["rrDate"] for row in rows} > {day}
        assert {row["dateFrom"] for row in await ask(http, period="daily", dateFrom=day, dateTo=day)} == {day}

    async def test_only_the_fields_asked_for_are_answered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        fields = ["srid", "forPay", "createDate"]
        narrow, whole = await ask(http, fields=fields), await ask(http)
        assert narrow == [{name: row[name] for name in fields} for row in whole]
        await wb.fault(ROWS, "broken_row", times=1)
        broken = await ask(http, fields=fields)
        assert [a != b for a, b in zip(narrow, broken, strict=True)].count(True) == 1

    async def test_one_report_is_read_by_its_number(self, http: httpx.AsyncClient) -> None:
        for period in ("weekly", "daily"):
            report = (await ask(http, LIST, period=period))[-1]
            whole = await ask(http, f"{ROWS}/{report['reportId']}")
            every = await ask(http, period=period)
            assert whole == [row for row in every if row["reportId"] == report["reportId"]] != []
            after = whole[-1]["rrdId"]
            assert (await http.post(f"{ROWS}/{report['reportId']}", json={"rrdId": after})).status_code == 204

    async def test_a_report_of_nobody_is_not_found(self, http: httpx.AsyncClient) -> None:
        answer = await http.post(f"{ROWS}/1", json={})
        assert (answer.status_code, answer.json()["title"]) == (404, "GetDetailsByReportID error")
        assert (await http.post(f"{ROWS}/one", json={})).status_code == 400

    async def test_a_new_shop_has_no_report_and_nothing_to_withdraw(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        http.headers["Authorization"] = await wb.token(sid=await wb.seller(products=1))
        assert {(await http.post(path, json=EVER)).status_code for path in (LIST, ROWS)} == {204}
        assert (await http.get(BALANCE)).json() == {"currency": "RUB", "current": 0.0, "for_withdraw": 0}


class TestReports:
    async def test_sums_are_those_of_the_rows(self, http: httpx.AsyncClient) -> None:
        rows = await ask(http)
        for report in await ask(http, LIST):
            within = [row for row in rows if row["reportId"] == report["reportId"]]
            signed = [(-1 if row["docTypeName"] == "Возврат" else 1, row) for row in within]
            for name in ("retailAmount", "forPay", "deliveryService", "paidStorage", "penalty", "paidAcceptance"):
                assert kopecks(report[f"{name}Sum"]) == sum(sign * kopecks(row[name]) for sign, row in signed)
            costs = ("deliveryServiceSum", "paidStorageSum", "penaltySum", "paidAcceptanceSum", "deductionSum")
            paid = kopecks(report["forPaySum"]) - sum(kopecks(report[cost]) for cost in costs)
            assert kopecks(report["bankPaymentSum"]) == paid

    async def test_limit_and_offset(self, http: httpx.AsyncClient) -> None:
        whole = await ask(http, LIST)
        assert await ask(http, LIST, limit=2, offset=1) == whole[1:3]
        assert (await http.post(LIST, json=EVER | {"offset": len(whole)})).status_code == 204

    async def test_the_last_week_may_be_withdrawn(self, http: httpx.AsyncClient) -> None:
        last = (await ask(http, LIST))[-1]
        balance = (await http.get(BALANCE)).json()
        assert balance["for_withdraw"] == float(last["bankPaymentSum"]) > 0


class TestRules:
    async def test_basic_tokens_read_rows_of_a_period_only(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        number = (await ask(http, LIST))[0]["reportId"]
        for kind in ("base", "base_with_secret"):
            http.headers["Authorization"] = await wb.token(kind=kind)
            assert (await http.post(ROWS, json=EVER)).status_code == 200
            assert (await http.get(BALANCE)).status_code == 200
            for path in (LIST, f"{ROWS}/{number}"):
                refused = await http.post(path, json=EVER if path == LIST else {})
                assert (refused.status_code, refused.json()["detail"]) == (403, "base token is not allowed")

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            (ROWS, {}),
            (ROWS, []),
            (ROWS, {"dateFrom": "2026-01-01"}),
            (ROWS, EVER | {"dateTo": "soon"}),
            (ROWS, {"dateFrom": "2026-02-01", "dateTo": "2026-01-01"}),
            (ROWS, EVER | {"limit": 100_001}),
            (ROWS, EVER | {"rrdid": 0}),
            (ROWS, EVER | {"rrdId": "0"}),
            (ROWS, EVER | {"period": "monthly"}),
            (ROWS, EVER | {"fields": ["price"]}),
            (f"{ROWS}/1", EVER),
            (LIST, EVER | {"limit": 1_001}),
            (LIST, EVER | {"rrdId": 0}),
            (f"{LIST}?x=1", EVER),
        ],
    )
    async def test_wrong_requests_are_refused(self, http: httpx.AsyncClient, path: str, body: Any) -> None:
        answer = await http.post(path, json=body)
        assert (answer.status_code, answer.json()["origin"]) == (400, "open-api-finreports")

    async def test_other_wrong_requests_are_refused_too(self, http: httpx.AsyncClient) -> None:
        assert (await http.post(ROWS, content=b"{")).status_code == 400
        assert (await http.get(f"{BALANCE}?x=1")).status_code == 400

    async def test_rows_may_be_asked_for_once_a_minute(self, no_tls: Any) -> None:
        async with running_wbsim(products=1, history_orders=10) as strict:
            headers = {"Authorization": await strict.token()}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                answers = [await http.post(ROWS, json=EVER) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert 58 <= int(answers[1].headers["x-ratelimit-retry"]) <= 60


WEDNESDAY = datetime(2026, 11, 18, 12, tzinfo=MOSCOW).timestamp()


def make_shop(orders: int = 0) -> Shop:
    """A shop whose past of 40 days ends on that Wednesday."""
    shop = Shop(
        seed=3, name="Лавка", products=3, clock=Clock(), behaviour=Behaviour(), on_version=lambda _shop, _version: None
    )
    live_through(shop, orders=orders, days=40, now=WEDNESDAY)
    return shop


def test_now_and_then_there_is_a_fine_or_an_acceptance() -> None:
    rows = truth(make_shop(orders=80), WEDNESDAY, "daily")
    fines = [row for row in rows if row["sellerOperName"] == "Штраф"]
    accepted = [row for row in rows if row["sellerOperName"] == "Обработка товара"]
    assert 0 < len(fines) + len(accepted) < 20
    assert fines
    assert accepted
    assert all(kopecks(row["penalty"]) > 0 for row in fines)
    assert all(kopecks(row["paidAcceptance"]) > 0 for row in accepted)


class TestTime:
    def test_a_week_appears_on_monday_morning_and_a_day_on_the_next(self) -> None:
        shop, now = make_shop(orders=50), WEDNESDAY
        monday = moscow_day(now) + 5 * DAY_SECONDS
        due = monday + REPORT_AFTER_SECONDS
        before, day_before = reports(shop, due - 1, "weekly"), reports(shop, due - 1, "daily")
        after, day_after = reports(shop, due, "weekly"), reports(shop, due, "daily")
        assert (len(after), len(day_after)) == (len(before) + 1, len(day_before) + 1)
        assert after[-1].head["createDate"] == moscow(monday)[:10]
        assert (after[-1].first, after[-1].last) == (monday - 7 * DAY_SECONDS, monday - DAY_SECONDS)
        assert day_after[-1].first == monday - DAY_SECONDS
        assert {report.report_id for report in before} < {report.report_id for report in after}

    def test_what_is_reported_never_changes(self) -> None:
        shop, now = make_shop(orders=50), WEDNESDAY
        first = truth(shop, now)
        shop.edit(next(iter(shop.products.values())), {"title": "Новое имя"}, now)
        shop.place(now + 60)
        assert truth(shop, now + 30 * DAY_SECONDS)[: len(first)] == first

    def test_a_late_operation_goes_into_the_next_report(self) -> None:
        shop, now = make_shop(orders=10), WEDNESDAY
        order = shop.place(now)
        last = reports(shop, now + DAY_SECONDS, "daily")[-1]
        shop.cancel(order, last.first + 60)
        [mine] = [{row["rrDate"] for row in truth(shop, now + 3 * DAY_SECONDS, "daily") if row["srid"] == order.srid}]
        assert mine == {moscow(last.first + DAY_SECONDS)[:10]}

    def test_reading_on_from_a_row_skips_whole_days(self) -> None:
        shop, now = make_shop(orders=80), WEDNESDAY
        every = reports(shop, now, "daily")
        numbers = [row.rrd_id for row in rows_after(shop, every, 0)]
        for place in (0, len(numbers) // 2, len(numbers) - 1):
            left = [row.rrd_id for row in rows_after(shop, every, numbers[place])]
            assert left == numbers[place + 1 :]
