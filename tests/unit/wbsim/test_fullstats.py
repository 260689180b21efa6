"""Campaign statistics: sums at every level, growth within the day, late orders, and nothing else that changes later."""

from collections.abc import AsyncIterator, Iterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.advert_stats import LATE_SECONDS, day_stats, total
from wbsim.campaigns import SORTS, Campaign, Sort
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import adverts
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow, moscow_day

FULLSTATS = "/adv/v3/fullstats"
SUMMED = ("views", "clicks", "atbs", "orders", "shks", "canceled", "sum_price")
MIDNIGHT = moscow_day(1_795_000_000)
NEVER_LATE = MIDNIGHT + DAY_SECONDS + LATE_SECONDS
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=0, limits_factor=1_000_000) as running:
        yield running


async def stats(wb: Wbsim, http: httpx.AsyncClient, days: int = 31, **query: Any) -> Rows:
    """Statistics of the last days of all campaigns."""
    now = wb.world.shop().clock.now()
    ids = ",".join(map(str, wb.world.shop().adverts.campaigns))
    dates = {"beginDate": moscow(now - (days - 1) * DAY_SECONDS)[:10], "endDate": moscow(now)[:10]}
    answer = await http.get(FULLSTATS, params={"ids": ids} | dates | query)
    rows: Rows = answer.raise_for_status().json()
    return rows


def levels(rows: Rows) -> Iterator[tuple[dict[str, Any], Rows]]:
    """Every level with its parts."""
    for row in rows:
        yield row, row["days"]
        for day in row["days"]:
            yield day, day["apps"]
            for app in day["apps"]:
                yield app, app["nms"]


class TestAnswer:
    async def test_figures_of_a_level_are_the_sums_of_its_parts(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        checked = 0
        for whole, parts in levels(await stats(wb, http)):
            assert parts
            for name in SUMMED:
                assert whole[name] == sum(part[name] for part in parts)
            assert round(whole["sum"] * 100) == sum(round(part["sum"] * 100) for part in parts)
            checked += 1
        assert checked > 100

    async def test_shares_follow_from_the_figures(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for whole, parts in levels(await stats(wb, http)):
            for row in (whole, *parts):
                views, clicks = row["views"], row["clicks"]
                assert clicks <= views
                assert row["ctr"] == (round(100 * clicks / views, 2) if views else 0)
                assert row["cpc"] == (round(row["sum"] / clicks, 2) if clicks else 0)
                assert row["cr"] == (round(100 * row["orders"] / clicks, 2) if clicks else 0)

    async def test_days_platforms_and_cards_occur_once(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        names = {"days": "date", "apps": "appType", "nms": "nmId"}
        for whole, parts in levels(await stats(wb, http)):
            [key] = [names[name] for name in names if name in whole]
            assert len({part[key] for part in parts}) == len(parts)
            if key == "date":
                assert [part["date"] for part in parts] == sorted(part["date"] for part in parts)
            if key == "appType":
                assert {part["appType"] for part in parts} <= {1, 32, 64}

    async def test_only_campaigns_that_are_or_were_shown_are_answered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        answered = {row["advertId"] for row in await stats(wb, http)}
        assert answered == {campaign.advert_id for campaign in adverts.with_status(shop, adverts.SHOWN)}
        assert answered < set(shop.adverts.campaigns)
        one = next(iter(answered))
        assert [row["advertId"] for row in await stats(wb, http, ids=f"{one},1")] == [one]
        assert await stats(wb, http, beginDate="2020-01-01", endDate="2020-01-31") == []

    async def test_days_asked_for_are_the_days_answered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole, narrow = await stats(wb, http), await stats(wb, http, days=3)
        first = moscow(wb.world.shop().clock.now() - 2 * DAY_SECONDS)[:10]
        kept = [row["days"] for row in whole if any(day["date"] >= first for day in row["days"])]
        assert [row["days"] for row in narrow] == [[day for day in days if day["date"] >= first] for days in kept]

    async def test_positions_are_those_of_unified_campaigns(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        rows = await stats(wb, http)
        for row in rows:
            unified = shop.adverts.campaigns[row["advertId"]].bid_type == "unified"
            assert bool(row["boosterStats"]) == unified
        assert any(row["boosterStats"] for row in rows)

    async def test_the_truth_has_every_card_of_the_answer(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answered = [
            {"advertId": row["advertId"], "date": day["date"], "appType": app["appType"]} | nm
            for row in await stats(wb, http)
            for day in row["days"]
            for app in day["apps"]
            for nm in app["nms"]
        ]
        assert await wb.rows("campaign_stats") == answered

    @pytest.mark.parametrize(
        "query",
        [
            {"ids": ""},
            {"ids": "1;2"},
            {"ids": ",".join("1" * 51)},
            {"beginDate": "2026-11-01T00:00:00"},
            {"beginDate": "2099-01-01"},
            {"interval": "1"},
        ],
    )
    async def test_wrong_queries_are_refused(self, wb: Wbsim, http: httpx.AsyncClient, query: Any) -> None:
        with pytest.raises(httpx.HTTPStatusError) as refused:
            await stats(wb, http, **query)
        body = refused.value.response.json()
        assert (body["status"], body["title"], body["origin"]) == (400, "invalid payload", "camp-api-public-cache")

    async def test_more_than_31_days_are_refused_in_a_shape_of_their_own(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        answer = await http.get(FULLSTATS, params={"ids": "1", "beginDate": "2026-10-01", "endDate": "2026-11-01"})
        assert (answer.status_code, answer.json()["errors"]) == (
            400,
            [{"detail": "max date range 31 days", "field": "begin and end"}],
        )

    async def test_every_date_is_required(self, http: httpx.AsyncClient) -> None:
        answer = await http.get(FULLSTATS, params={"ids": "1", "beginDate": "2026-11-01"})
        assert (answer.status_code, answer.json()["detail"]) == (400, "endDate: field required")

    async def test_they_may_be_asked_for_once_in_twenty_seconds(self, no_tls: Any) -> None:
        async with running_wbsim(products=1, history_orders=0) as strict:
            headers = {"Authorization": await strict.token()}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                await stats(strict, http)
                with pytest.raises(httpx.HTTPStatusError, match="429") as refused:
                    await stats(strict, http)
        assert 18 <= int(refused.value.response.headers["x-ratelimit-retry"]) <= 20


def make_campaign(seed: int = 1, sort: Sort = "manual") -> tuple[Shop, Campaign]:
    """A shop and a campaign of it that has never been shown."""
    shop = Shop(
        seed=seed,
        name="Лавка",
        products=9,
        clock=Clock(),
        behaviour=Behaviour(),
        on_version=lambda _shop, _version: None,
    )
    return shop, shop.adverts.create(Random(seed), MIDNIGHT - DAY_SECONDS, sort)


def known(campaign: Campaign, moment: float, midnight: int = MIDNIGHT) -> dict[str, int]:
    """The day's figures as known at a moment."""
    return total([nm.figures for nm in day_stats(campaign, 1, midnight, moment).nms])._asdict()


class TestTime:
    def test_figures_of_today_grow_with_the_clock(self) -> None:
        _, campaign = make_campaign()
        campaign.start(MIDNIGHT)
        moments = [known(campaign, MIDNIGHT + hour * 3600) for hour in (0, 1, 6, 12, 18, 24)]
        for name in ("views", "clicks", "spent", "atbs", "orders", "order_sum"):
            assert [each[name] for each in moments] == sorted(each[name] for each in moments)
        assert moments[0]["views"] == 0 < moments[1]["views"] < moments[-1]["views"]

    def test_after_the_day_only_orders_are_corrected_and_that_not_for_long(self) -> None:
        shop, _ = make_campaign()
        late = 0
        for number in range(30):
            campaign = shop.adverts.create(Random(number), MIDNIGHT)
            campaign.start(MIDNIGHT)
            at_once, in_the_end = known(campaign, MIDNIGHT + DAY_SECONDS), known(campaign, NEVER_LATE)
            for name in ("views", "clicks", "spent", "atbs"):
                assert at_once[name] == in_the_end[name]
            assert at_once["orders"] <= in_the_end["orders"]
            late += in_the_end["orders"] - at_once["orders"]
            assert known(campaign, NEVER_LATE + 90 * DAY_SECONDS) == in_the_end
        assert late > 0

    def test_the_past_is_not_changed_by_what_the_seller_does_now(self) -> None:
        _, campaign = make_campaign()
        campaign.start(MIDNIGHT)
        noon = MIDNIGHT + DAY_SECONDS // 2
        before = known(campaign, noon)
        campaign.bid(0, campaign.goods[0].bid * 3, noon)
        assert known(campaign, noon) == before
        campaign.pause(noon + 3_600)
        paused = known(campaign, noon + 3_600)
        assert before["spent"] < paused["spent"]
        assert known(campaign, noon + 7_200) == paused
        assert known(campaign, noon + DAY_SECONDS, MIDNIGHT + DAY_SECONDS)["views"] == 0

    def test_a_higher_bid_costs_more_from_then_on(self) -> None:
        def spent(times: int) -> int:
            _, campaign = make_campaign()
            campaign.start(MIDNIGHT)
            for place, goods in enumerate(list(campaign.goods)):
                campaign.bid(place, goods.bid * times, MIDNIGHT + 3_600)
            return known(campaign, MIDNIGHT + DAY_SECONDS)["spent"]

        assert 2 * spent(1) < spent(3)

    @pytest.mark.parametrize("sort", SORTS)
    def test_what_is_paid_for_is_what_the_bid_is_for(self, sort: Sort) -> None:
        _, campaign = make_campaign(sort=sort)
        campaign.start(MIDNIGHT)
        for nm in day_stats(campaign, 1, MIDNIGHT, NEVER_LATE).nms:
            [bid] = {goods.bid for goods in campaign.goods if goods.nm_id == nm.nm_id} or {0}
            figures = nm.figures
            assert figures.spent == (figures.clicks * bid if sort == "per click" else figures.views * bid // 1_000)

    def test_sometimes_a_card_is_ordered_that_was_not_advertised(self) -> None:
        _, campaign = make_campaign()
        campaign.start(MIDNIGHT)
        advertised = {goods.nm_id for goods in campaign.goods}
        days = range(MIDNIGHT, MIDNIGHT + 60 * DAY_SECONDS, DAY_SECONDS)
        nms = [nm for day in days for nm in day_stats(campaign, 1, day, day + 9 * DAY_SECONDS).nms]
        associated = [nm.figures for nm in nms if nm.nm_id not in advertised]
        assert 0 < len(associated) < 30
        assert {(figures.views, figures.spent, figures.orders) for figures in associated} == {(0, 0, 1)}

    def test_the_same_seed_has_the_same_days(self) -> None:
        def day(seed: int) -> dict[str, int]:
            _, campaign = make_campaign(seed)
            campaign.start(MIDNIGHT)
            return known(campaign, NEVER_LATE)

        assert day(5) == day(5) != day(6)
