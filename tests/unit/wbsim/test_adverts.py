"""Campaigns and their money: who may be asked for, how budgets and documents follow the spending, what steps change."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.campaigns import ACTIVE, ALIVE, FINISHED, LEAST_BID, MOST_CAMPAIGNS, PAUSED, READY, Campaign
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import adverts
from wbsim.sections.adverts import NOT_DELETED
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow, moscow_day

COUNT, ADVERTS, SPEND = "/adv/v1/promotion/count", "/api/advert/v2/adverts", "/adv/v1/upd"
BALANCE, BUDGETS = "/adv/v1/balance", "/api/advert/v2/budget"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=0, limits_factor=1_000_000) as running:
        yield running


async def campaigns(http: httpx.AsyncClient, **query: Any) -> Rows:
    rows: Rows = (await http.get(ADVERTS, params=query)).raise_for_status().json()["adverts"]
    return rows


async def spending(http: httpx.AsyncClient, first: float, last: float) -> Rows:
    days = {"from": moscow(first)[:10], "to": moscow(last)[:10]}
    rows: Rows = (await http.get(SPEND, params=days)).raise_for_status().json()
    return rows


class TestCampaigns:
    async def test_a_shop_has_campaigns_of_every_sort(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        found = await campaigns(http)
        assert {row["status"] for row in found} == {READY, FINISHED, ACTIVE, PAUSED}
        assert {row["settings"]["payment_type"] for row in found} == {"cpm", "cpc"}
        assert {row["timestamps"]["started"] is None for row in found if row["status"] == READY} == {True}
        now = datetime.fromtimestamp(wb.world.clock.now(), UTC)
        for row in found:
            deleted = datetime.fromisoformat(row["timestamps"]["deleted"])
            assert deleted < now if row["status"] == FINISHED else row["timestamps"]["deleted"] == NOT_DELETED
        for row in found:
            for goods in row["nm_settings"]:
                bids, places = goods["bids_kopecks"], row["settings"]["placements"]
                assert {name: bid > 0 for name, bid in bids.items()} == places
                if row["bid_type"] == "unified":
                    assert bids["search"] == bids["recommendations"]

    async def test_the_count_names_every_campaign_once(self, http: httpx.AsyncClient) -> None:
        found = await campaigns(http)
        counted = (await http.get(COUNT)).json()
        assert counted["all"] == sum(group["count"] for group in counted["adverts"]) == len(found)
        listed = {
            item["advertId"]: (group["status"], item["changeTime"])
            for group in counted["adverts"]
            for item in group["advert_list"]
        }
        assert listed == {row["id"]: (row["status"], row["timestamps"]["updated"]) for row in found}

    async def test_filters_narrow_the_list(self, http: httpx.AsyncClient) -> None:
        found = await campaigns(http)
        ids = [row["id"] for row in found[:2]]
        assert await campaigns(http, ids=",".join(map(str, ids))) == found[:2]
        assert await campaigns(http, statuses="9,11") == [row for row in found if row["status"] in {9, 11}]
        per_click = [row for row in found if row["settings"]["payment_type"] == "cpc"]
        assert await campaigns(http, payment_type="cpc") == per_click
        assert await campaigns(http, payment_type="cpc", statuses="4", ids=ids[0]) == []

    @pytest.mark.parametrize(
        ("query", "detail"),
        [
            ({"ids": "1,x"}, "invalid ids"),
            ({"ids": ""}, "invalid ids"),
            ({"ids": ",".join("1" * 51)}, "invalid ids"),
            ({"statuses": "5"}, "invalid statuses value"),
            ({"payment_type": "cpa"}, "invalid payment_type value"),
            ({"status": "9"}, "status: unknown field"),
        ],
    )
    async def test_wrong_queries_are_refused(self, http: httpx.AsyncClient, query: Any, detail: str) -> None:
        answer = await http.get(ADVERTS, params=query)
        assert (answer.status_code, answer.json()["detail"]) == (400, detail)
        assert len(answer.json()["request_id"]) == 32

    async def test_the_truth_is_both_answers_together(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        truth = await wb.rows("campaigns")
        own = ("type", "changeTime")
        assert [{name: row[name] for name in row if name not in own} for row in truth] == await campaigns(http)
        assert {(row["type"], row["changeTime"] == row["timestamps"]["updated"]) for row in truth} == {(9, True)}


class TestMoney:
    async def test_budgets_are_those_of_campaigns_that_may_be_shown(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        found = await campaigns(http)
        answered = (await http.post(BUDGETS, json={"advertIds": [row["id"] for row in found] + [1]})).json()["adverts"]
        assert [row["advertId"] for row in answered] == [row["id"] for row in found if row["status"] in ALIVE]
        assert all(row["total"] >= 100 for row in answered)
        assert await wb.rows("campaign_budgets") == answered

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b'{"advertIds":[]}', b'{"ids":[1]}', f'{{"advertIds":{[1] * 51}}}'.encode()]
    )
    async def test_wrong_budget_requests_are_refused(self, http: httpx.AsyncClient, body: bytes) -> None:
        answer = await http.post(BUDGETS, content=body)
        assert (answer.status_code, isinstance(answer.json(), str)) == (400, True)

    async def test_a_document_is_about_a_finished_day(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        today = moscow_day(shop.clock.now())
        rows = await spending(http, today - 30 * DAY_SECONDS, today)
        assert len({row["updNum"] for row in rows}) == len(rows) > 30
        for row in rows:
            campaign = shop.adverts.campaigns[row["advertId"]]
            day = moscow_day(datetime.fromisoformat(row["updTime"]).timestamp()) - DAY_SECONDS
            stats = adverts.stats_row(shop, campaign, day, day, shop.clock.now())
            assert stats is not None
            assert abs(row["updSum"] - stats["sum"]) <= 0.5
            assert row["paymentType"] in {"Счёт", "Баланс", "Бонусы"}
        assert [row["updTime"] for row in rows] == sorted(row["updTime"] for row in rows)
        assert await wb.rows("campaign_spend") == rows

    async def test_documents_are_found_by_their_own_day(self, http: httpx.AsyncClient, wb: Wbsim) -> None:
        day = moscow_day(wb.world.shop().clock.now()) - 3 * DAY_SECONDS
        assert {row["updTime"][:10] for row in await spending(http, day, day)} == {moscow(day)[:10]}

    @pytest.mark.parametrize(
        "query",
        [
            {"from": "2026-11-01"},
            {"from": "2026-11-01", "to": "soon"},
            {"from": "2026-11-02", "to": "2026-11-01"},
            {"from": "2026-10-01", "to": "2026-11-01"},
            {"from": "2026-11-01", "to": "2026-11-02", "id": "1"},
        ],
    )
    async def test_wrong_spending_requests_are_refused_in_plain_text(self, http: httpx.AsyncClient, query: Any) -> None:
        answer = await http.get(SPEND, params=query)
        assert (answer.status_code, answer.headers["content-type"]) == (400, "text/plain; charset=utf-8")

    async def test_the_account_is_one_row(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [row] = await wb.rows("advert_balance")
        assert (await http.get(BALANCE)).json() == row
        assert (await http.get(BALANCE, params={"id": 1})).status_code == 400

    async def test_the_budget_of_one_campaign_is_switched_off(self, http: httpx.AsyncClient) -> None:
        answer = await http.get("/adv/v1/budget", params={"id": 1})
        assert (answer.status_code, answer.json()["detail"]) == (404, "This method is temporarily disabled")


async def test_a_basic_token_waits_for_an_hour(no_tls: Any) -> None:
    async with running_wbsim(products=2, history_orders=0) as strict:
        headers = {"Authorization": await strict.token(kind="base")}
        async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
            waits = {}
            for path, query in ((COUNT, ""), (ADVERTS, ""), (SPEND, "?from=2026-11-01&to=2026-11-02"), (BALANCE, "")):
                assert (await http.get(path + query)).status_code == 200
                waits[path] = round(int((await http.get(path + query)).headers["x-ratelimit-retry"]), -1)
    assert waits == {COUNT: 900, ADVERTS: 3_600, SPEND: 3_600, BALANCE: 1_800}


NOON = 1_795_000_000.0 - (1_795_000_000 + 3 * 3600) % DAY_SECONDS + DAY_SECONDS // 2


def make_shop(seed: int = 1) -> Shop:
    return Shop(
        seed=seed,
        name="Лавка",
        products=9,
        clock=Clock(),
        behaviour=Behaviour(),
        on_version=lambda _shop, _version: None,
    )


def a_campaign(shop: Shop, at: float = NOON) -> Campaign:
    """A campaign that has just been started."""
    campaign = shop.adverts.create(Random(4), at)
    campaign.deposited = 50_000
    campaign.start(at)
    return campaign


class TestTime:
    def test_a_budget_goes_down_while_the_campaign_is_shown(self) -> None:
        shop = make_shop()
        campaign = a_campaign(shop)

        def left(hours: float) -> int:
            total: int = adverts.budget_row(shop, campaign, NOON + hours * 3600)["total"]
            return total

        assert left(0) == 50_000 > left(5) > left(9)
        campaign.pause(NOON + 10 * 3600)
        assert left(11) == left(200)
        spent = adverts.spend_rows(shop, moscow_day(NOON), moscow_day(NOON) + 5 * DAY_SECONDS, NOON + 6 * DAY_SECONDS)
        [document] = [row for row in spent if row["advertId"] == campaign.advert_id]
        assert 50_000 - left(200) == pytest.approx(document["updSum"], abs=1)

    def test_a_low_budget_is_topped_up_from_the_account(self) -> None:
        shop = make_shop()
        campaign = a_campaign(shop)
        campaign.deposited = 0
        [before] = adverts.balance_truth(shop, NOON)
        seen = {adverts.budget_row(shop, campaign, NOON + hour * 3600)["total"] for hour in range(0, 240, 5)}
        assert all(100 <= total < 3_100 for total in seen)
        assert adverts.balance_truth(shop, NOON + 10 * DAY_SECONDS)[0]["balance"] != before["balance"]

    def test_a_document_appears_once_its_day_is_over(self) -> None:
        shop = make_shop()
        campaign = a_campaign(shop)
        midnight = moscow_day(NOON) + DAY_SECONDS

        def documents(at: float) -> int:
            rows = adverts.spend_rows(shop, midnight - DAY_SECONDS, midnight, at)
            return sum(row["advertId"] == campaign.advert_id for row in rows)

        assert [documents(midnight - 1), documents(midnight + 3_601)] == [0, 1]

    def test_a_document_keeps_the_name_of_its_time(self) -> None:
        shop = make_shop()
        campaign = a_campaign(shop)
        old, later = campaign.name, NOON + 3 * DAY_SECONDS
        campaign.rename("Другое имя", later)
        rows = adverts.spend_rows(shop, moscow_day(NOON), moscow_day(NOON) + 9 * DAY_SECONDS, NOON + 6 * DAY_SECONDS)
        names = [row["campName"] for row in rows if row["advertId"] == campaign.advert_id]
        assert names == [old] * 3 + ["Другое имя"] * 3


class TestSteps:
    def test_every_sort_of_change_happens_and_is_dated(self) -> None:
        shop, rng = make_shop(), Random(2)
        seen: Counter[str] = Counter()
        for number in range(400):
            at = NOON + number * 60
            before = {row["id"]: row for row in adverts.campaigns_truth(shop, at)}
            adverts.step(shop, rng, at)
            after = {row["id"]: row for row in adverts.campaigns_truth(shop, at)}
            changed = [row for number, row in after.items() if before.get(number) != row]
            assert [datetime.fromisoformat(row["changeTime"]).timestamp() for row in changed] == [at]
            [row] = changed
            old = before.get(row["id"])
            seen["new" if old is None else _what(old, row)] += 1
        assert set(seen) == {"new", "bids", "name", f"to {ACTIVE}", f"to {PAUSED}", f"to {FINISHED}"}

    def test_bids_never_fall_below_the_least(self) -> None:
        shop, rng = make_shop(), Random(1)
        for number in range(1_500):
            adverts.step(shop, rng, NOON + number)
        every = list(shop.adverts.campaigns.values())
        assert len(every) <= MOST_CAMPAIGNS
        assert all(goods.bid >= LEAST_BID[each.payment_type] for each in every for goods in each.goods)

    def test_a_top_up_adds_to_one_budget_and_changes_no_campaign(self) -> None:
        shop = make_shop()
        budgets, listed = adverts.budgets_truth(shop, NOON), adverts.campaigns_truth(shop, NOON)
        adverts.top_up(shop, Random(1), NOON)
        grown = [(a["total"], b["total"]) for a, b in zip(budgets, adverts.budgets_truth(shop, NOON), strict=True)]
        assert len([1 for old, new in grown if old != new]) == 1
        assert adverts.campaigns_truth(shop, NOON) == listed

    def test_where_no_campaign_is_left_there_is_a_new_one(self) -> None:
        shop = make_shop()
        for campaign in adverts.with_status(shop, ALIVE):
            campaign.finish(NOON)
        adverts.top_up(shop, Random(1), NOON)
        assert len(adverts.with_status(shop, ALIVE)) == 1

    def test_no_step_changes_what_was_answered(self) -> None:
        shop = make_shop()
        campaign = a_campaign(shop)
        told = adverts.budget_row(shop, campaign, NOON + 7_200)
        for number in range(30):
            adverts.step(shop, Random(number), NOON + 60)
        assert adverts.budget_row(shop, campaign, NOON + 7_200) == told

    def test_the_same_seed_has_the_same_campaigns(self) -> None:
        def shape(shop: Shop) -> list[Any]:
            return [(each.advert_id, each.name, each.status, each.goods) for each in shop.adverts.campaigns.values()]

        assert shape(make_shop(7)) == shape(make_shop(7)) != shape(make_shop(8))


def _what(old: dict[str, Any], new: dict[str, Any]) -> str:
    if old["status"] != new["status"]:
        return f"to {new['status']}"
    return "name" if old["settings"] != new["settings"] else "bids"
