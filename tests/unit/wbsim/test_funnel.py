"""The sales funnel: visits of its own, orders of the shop, booked on the day of the order."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim import funnel
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import funnel as funnel_section
from wbsim.sections.funnel_period import SORTED_BY, sorting_figure
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow, moscow_day

PRODUCTS = "/api/analytics/v3/sales-funnel/products"
HISTORY = f"{PRODUCTS}/history"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=600, history_days=40, limits_factor=1_000_000) as running:
        yield running


def period(wb: Wbsim, days: int, until: int = 0) -> dict[str, str]:
    now = wb.world.clock.now()
    return {
        "start": moscow(now - (until + days - 1) * DAY_SECONDS)[:10],
        "end": moscow(now - until * DAY_SECONDS)[:10],
    }


async def history(wb: Wbsim, http: httpx.AsyncClient, days: int = 7, **body: Any) -> Rows:
    body = {"selectedPeriod": period(wb, days), "nmIds": list(wb.world.shop().products)} | body
    rows: Rows = (await http.post(HISTORY, json=body)).raise_for_status().json()
    return rows


async def products(wb: Wbsim, http: httpx.AsyncClient, days: int = 30, **body: Any) -> Rows:
    body = {"selectedPeriod": period(wb, days)} | body
    answer = (await http.post(PRODUCTS, json=body)).raise_for_status().json()["data"]
    assert answer["currency"] == "RUB"
    rows: Rows = answer["products"]
    return rows


async def orders_by_day(wb: Wbsim) -> dict[tuple[int, str], Rows]:
    found: dict[tuple[int, str], Rows] = defaultdict(list)
    for order in (await wb.truth())["orders"]:
        found[order["nm_id"], order["row"]["date"][:10]].append(order)
    return found


class TestHistory:
    async def test_orders_are_those_of_the_shop_on_the_day_of_the_order(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        made = await orders_by_day(wb)
        days = 0
        for row in await history(wb, http):
            assert len(row["history"]) == 7
            for day in row["history"]:
                orders = made[row["product"]["nmId"], day["date"]]
                bought = [order["row"] for order in orders if order["state"] == "bought"]
                ended = sum(order["state"] != "open" for order in orders)
                assert (day["orderCount"], day["buyoutCount"]) == (len(orders), len(bought))
                assert day["orderSum"] == sum(order["row"]["priceWithDisc"] for order in orders)
                assert day["buyoutSum"] == sum(order["priceWithDisc"] for order in bought)
                assert day["buyoutPercent"] == (round(100 * len(bought) / ended) if ended else 0)
                days += bool(orders)
        assert days > 20

    async def test_visits_come_before_orders(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        days = [day for row in await history(wb, http) for day in row["history"]]
        assert all(day["openCount"] >= day["cartCount"] >= day["orderCount"] for day in days)
        assert len({day["openCount"] for day in days}) > 20
        for day in days:
            assert day["addToCartConversion"] == funnel.percent(day["cartCount"], day["openCount"])
            assert day["cartToOrderConversion"] == funnel.percent(day["orderCount"], day["cartCount"])

    async def test_a_late_purchase_or_refusal_changes_the_old_day(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        at = shop.clock.now() - 3 * DAY_SECONDS
        first, second = shop.place(at, past=True), shop.place(at, past=True)
        before = {row["product"]["nmId"]: row["history"][3] for row in await history(wb, http)}
        shop.buy_out(first, shop.clock.now())
        shop.cancel(second, shop.clock.now())
        after = {row["product"]["nmId"]: row["history"][3] for row in await history(wb, http)}
        assert sum(day["buyoutCount"] for day in after.values()) == 1 + sum(
            day["buyoutCount"] for day in before.values()
        )
        assert sum(day["orderCount"] for day in after.values()) == sum(day["orderCount"] for day in before.values())
        shop.give_back(first, shop.clock.now())
        again = {row["product"]["nmId"]: row["history"][3] for row in await history(wb, http)}
        assert again[first.nm_id]["buyoutCount"] == before[first.nm_id]["buyoutCount"]

    async def test_they_are_the_truth(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answered = [
            {"nmId": row["product"]["nmId"], "day": day["date"]} | day
            for row in await history(wb, http)
            for day in row["history"]
        ]
        assert answered == await wb.rows("funnel")

    async def test_weeks_add_up_the_days(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        daily, weekly = await history(wb, http), await history(wb, http, aggregationLevel="week")
        for days, weeks in zip(daily, weekly, strict=True):
            assert 1 <= len(weeks["history"]) <= 2
            assert weeks["history"][0]["date"] == days["history"][0]["date"]
            for name in ("openCount", "orderCount", "orderSum", "buyoutSum"):
                assert sum(week[name] for week in weeks["history"]) == sum(day[name] for day in days["history"])

    async def test_strangers_and_on_demand_the_trash_are_left_out(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        first, second = list(wb.world.shop().products)[:2]
        assert [row["product"]["nmId"] for row in await history(wb, http, nmIds=[first, 1])] == [first]
        await wb.control("POST", f"/products/{second}", {"trashed": True})
        assert [row["product"]["nmId"] for row in await history(wb, http, nmIds=[second])] == [second]
        assert await history(wb, http, nmIds=[second], skipDeletedNm=True) == []
        assert second not in {row["nmId"] for row in await wb.rows("funnel")}
        await wb.control("POST", f"/products/{second}", {"trashed": False})

    @pytest.mark.parametrize("days", [(8, 0), (1, 7), (1, -1), (0, 0)])
    async def test_only_the_last_week_can_be_read(
        self, wb: Wbsim, http: httpx.AsyncClient, days: tuple[int, int]
    ) -> None:
        body = {"selectedPeriod": period(wb, *days), "nmIds": list(wb.world.shop().products)}
        answer = await http.post(HISTORY, json=body)
        assert (answer.status_code, answer.json()["title"]) == (400, "Invalid request body")

    @pytest.mark.parametrize(
        "changes",
        [
            {"nmIds": []},
            {"nmIds": list(range(21))},
            {"nmIds": None},
            {"aggregationLevel": "month"},
            {"selectedPeriod": {"start": "2026-11-01"}},
            {"selectedPeriod": {"start": "soon", "end": "later"}},
            {"brandNames": []},
        ],
    )
    async def test_a_wrong_body_is_refused(self, wb: Wbsim, http: httpx.AsyncClient, changes: dict[str, Any]) -> None:
        body = {"selectedPeriod": period(wb, 3), "nmIds": [1]} | changes
        answer = await http.post(HISTORY, json=body)
        assert (answer.status_code, answer.json()["origin"]) == (400, "analytics-open-api")

    async def test_other_wrong_requests_are_refused_too(self, http: httpx.AsyncClient) -> None:
        assert (await http.post(HISTORY, content=b"{")).status_code == 400
        assert (await http.post(f"{PRODUCTS}?x=1", json={})).status_code == 400

    async def test_a_row_can_be_broken(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for read in (history, products):
            whole = await read(wb, http)
            await wb.fault(PRODUCTS, "broken_row", times=1)
            broken = await read(wb, http)
            assert [a != b for a, b in zip(whole, broken, strict=True)].count(True) == 1


class TestProducts:
    async def test_a_period_adds_up_the_days(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        made = await orders_by_day(wb)
        for row in await products(wb, http, days=40):
            selected, nm_id = row["statistic"]["selected"], row["product"]["nmId"]
            orders = [
                order
                for (nm, day), found in made.items()
                for order in found
                if nm == nm_id and day >= selected["period"]["start"]
            ]
            states = [order["state"] for order in orders]
            assert selected["orderCount"] == len(orders)
            assert selected["buyoutCount"] == states.count("bought")
            assert selected["cancelCount"] == states.count("cancelled") + states.count("returned")
            assert selected["orderSum"] == sum(order["row"]["priceWithDisc"] for order in orders)
            assert selected["wbClub"]["orderCount"] <= selected["orderCount"]
            assert selected["avgOrdersCountPerDay"] == round(len(orders) / 40, 2)
        shares = [row["statistic"]["selected"]["shareOrderPercent"] for row in await products(wb, http)]
        assert sum(shares) == pytest.approx(100, abs=0.5)

    async def test_seven_days_are_those_of_the_history(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        daily = {row["product"]["nmId"]: row["history"] for row in await history(wb, http)}
        for row in await products(wb, http, days=7):
            days, selected = daily[row["product"]["nmId"]], row["statistic"]["selected"]
            for name in ("openCount", "cartCount", "orderCount", "orderSum", "buyoutCount", "buyoutSum"):
                assert selected[name] == sum(day[name] for day in days)
            assert selected["addToWishlist"] == sum(day["addToWishlistCount"] for day in days)
            assert "past" not in row["statistic"]

    async def test_cards_are_shown_as_they_are(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        cards = {card["nmID"]: card for card in await wb.rows("cards")}
        units: dict[tuple[str, int], int] = defaultdict(int)
        for section in ("stocks", "seller_stocks"):
            for stock in await wb.rows(section):
                units[section, stock["nmId"]] += stock["quantity"]
        stars: dict[int, list[int]] = defaultdict(list)
        for feedback in await wb.rows("feedbacks"):
            stars[feedback["productDetails"]["nmId"]].append(feedback["productValuation"])
        rows = [row["product"] for row in await products(wb, http)]
        assert {row["nmId"] for row in rows} == set(cards)
        for row in rows:
            card, given = cards[row["nmId"]], stars[row["nmId"]]
            assert (row["title"], row["subjectId"]) == (card["title"], card["subjectID"])
            assert [tag["id"] for tag in row["tags"]] == [tag["id"] for tag in card["tags"]]
            held, own = units["stocks", row["nmId"]], units["seller_stocks", row["nmId"]]
            assert row["stocks"] == {"wb": held, "mp": own, "balanceSum": held + own}
            assert row["feedbackRating"] == (round(sum(given) / len(given), 1) if given else 0)

    async def test_two_periods_are_compared(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        past = period(wb, 7, until=7)
        alone = {row["product"]["nmId"]: row for row in await products(wb, http, selectedPeriod=past)}
        for row in await products(wb, http, days=7, pastPeriod=past):
            now, then = row["statistic"]["selected"], row["statistic"]["past"]
            assert then == alone[row["product"]["nmId"]]["statistic"]["selected"]
            moved = row["statistic"]["comparison"]["openCountDynamic"]
            assert moved == round(100 * (now["openCount"] - then["openCount"]) / then["openCount"])
            conversions = row["statistic"]["comparison"]["conversions"]
            assert (
                conversions["buyoutPercent"]
                == now["conversions"]["buyoutPercent"] - then["conversions"]["buyoutPercent"]
            )

    async def test_a_past_beyond_a_year_is_cut_off(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [row, *_] = await products(wb, http, days=2, pastPeriod=period(wb, 300, until=100))
        assert row["statistic"]["past"]["period"] == {
            "start": period(wb, 365)["start"],
            "end": period(wb, 1, until=100)["end"],
        }

    async def test_filters_sorting_and_pages(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole = await products(wb, http)
        first = whole[0]["product"]
        by_brand = await products(wb, http, brandNames=[first["brandName"]])
        assert {row["product"]["brandName"] for row in by_brand} == {first["brandName"]}
        one = await products(wb, http, nmIds=[first["nmId"]], subjectIds=[first["subjectId"]])
        assert [row["product"]["nmId"] for row in one] == [first["nmId"]]
        assert await products(wb, http, tagIds=[1]) == []
        assert await products(wb, http, limit=3, offset=2) == whole[2:5]
        for field in SORTED_BY:
            rows = await products(wb, http, orderBy={"field": field, "mode": "desc"})
            figures = [sorting_figure(row, field) for row in rows]
            assert figures == sorted(figures, reverse=True)
        down = await products(wb, http, orderBy={"field": "openCard", "mode": "asc"})
        opens = [row["statistic"]["selected"]["openCount"] for row in down]
        assert opens == sorted(opens) != [row["statistic"]["selected"]["openCount"] for row in whole]

    @pytest.mark.parametrize(
        "changes",
        [
            {"selectedPeriod": {"start": "2020-01-01", "end": "2020-01-02"}},
            {"pastPeriod": {"start": "2026-02-01", "end": "2026-01-01"}},
            {"nmIds": list(range(1_001))},
            {"limit": 1_001},
            {"offset": -1},
            {"orderBy": {"field": "openCount", "mode": "asc"}},
            {"orderBy": {"field": "openCard"}},
            {"period": {}},
        ],
    )
    async def test_a_wrong_body_is_refused(self, wb: Wbsim, http: httpx.AsyncClient, changes: dict[str, Any]) -> None:
        answer = await http.post(PRODUCTS, json={"selectedPeriod": period(wb, 3)} | changes)
        assert answer.status_code == 400


def make_shop(seed: int = 1) -> Shop:
    return Shop(seed=seed, name="Лавка", products=3, clock=Clock(), behaviour=Behaviour(), on_version=lambda *_: None)


class TestTime:
    def test_visits_grow_every_two_hours_until_the_day_is_over(self) -> None:
        shop = make_shop()
        midnight = moscow_day(shop.clock.now())
        day = funnel.day_of(midnight)
        for nm_id in shop.products:
            grown = [funnel_section.visits(shop, nm_id, day, midnight + hours * 3_600).opens for hours in range(50)]
            assert grown[0] == 0 < grown[2] < grown[12] < grown[24] == grown[-1]
            assert all(grown[hours] == grown[hours + 1] for hours in range(0, 50, 2))

    def test_a_day_begins_at_midnight_in_moscow(self) -> None:
        shop = make_shop()
        midnight = moscow_day(shop.clock.now())
        before, after = shop.place(midnight - 1), shop.place(midnight)
        for order, day in ((before, midnight - 1), (after, midnight)):
            row = next(
                row
                for row in funnel_section.truth(shop, midnight + 60)
                if (row["nmId"], row["day"]) == (order.nm_id, moscow(day)[:10])
            )
            assert row["orderCount"] == 1

    def test_the_same_seed_has_the_same_visits(self) -> None:
        now = moscow_day(Clock().now()) + 3_600
        truths = [funnel_section.truth(make_shop(seed), now) for seed in (1, 1, 2)]
        assert truths[0] == truths[1]
        assert [row["openCount"] for row in truths[0]] != [row["openCount"] for row in truths[2]]


async def test_three_at_once_and_two_an_hour_for_basic_tokens(no_tls: Any) -> None:
    async with running_wbsim(products=1, history_orders=0) as strict:
        body = {"selectedPeriod": period(strict, 1), "nmIds": list(strict.world.shop().products)}
        for kind, allowed in (("personal", 3), ("base", 1)):
            sid = await strict.seller(products=1)
            headers = {"Authorization": await strict.token(kind=kind, sid=sid)}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                for path in (PRODUCTS, HISTORY):
                    statuses = [(await http.post(path, json=body)).status_code for _ in range(allowed + 1)]
                    assert statuses == [200] * allowed + [429]
