"""The order feed: the same orders as in statistics by the time of their status, page by page of one snapshot."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from wbsim.config import Behaviour
from wbsim.running import ControlError, Wbsim, running_wbsim
from wbsim.sections.order_feed import statuses_between
from wbsim.times import DAY_SECONDS, moscow_with_offset

FEED = "/api/analytics/v1/order-feed"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=300, history_days=28, limits_factor=1_000_000) as running:
        yield running


def ago(wb: Wbsim, days: float) -> str:
    return moscow_with_offset(wb.world.clock.now() - days * DAY_SECONDS)


async def ask(http: httpx.AsyncClient, wb: Wbsim, pagination: Any = None, **filters: Any) -> dict[str, Any]:
    body = {
        "selectedPeriod": {"start": ago(wb, 30.99)},
        "pagination": {"limit": 10_000} | (pagination or {}),
        **filters,
    }
    answer = await http.post(FEED, json=body)
    data: dict[str, Any] = answer.raise_for_status().json()["data"]
    return data


async def rows(http: httpx.AsyncClient, wb: Wbsim, **filters: Any) -> Rows:
    found: Rows = (await ask(http, wb, **filters))["orders"]
    return found


class TestRows:
    async def test_they_are_the_truth(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        assert sorted(await rows(http, wb), key=lambda row: row["srid"]) == sorted(
            await wb.rows("order_feed"), key=lambda row: row["srid"]
        )

    async def test_they_agree_with_orders_and_sales(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        orders = {row["srid"]: row for row in await wb.rows("orders")}
        sales = {(row["srid"], row["saleID"][0]): row for row in await wb.rows("sales")}
        feed = await rows(http, wb)
        assert {row["srid"] for row in feed} == set(orders)
        assert {row["status"] for row in feed} == {"created", "cancel", "buyout", "return", "returnDefective"}
        for row in feed:
            srid, order = row["srid"], orders[row["srid"]]
            assert row["createdAt"] == f"{order['date']}+03:00"
            assert (row["nmId"], row["sellerPrice"]) == (order["nmId"], order["priceWithDisc"])
            assert ("cancelType" in row) == (row["status"] == "cancel") == order["isCancel"]
            assert order["oblastOkrugName"] == f"{row['destinationDistrict']} федеральный округ"
            times = {
                "created": order["date"],
                "cancel": order["cancelDate"],
                "buyout": sales.get((srid, "S"), order)["date"],
            }
            since = times.get(row["status"]) or sales[srid, "R"]["date"]
            assert row["updatedAt"] == f"{since}+03:00"
            assert ((srid, "S") in sales) == (row["status"] in {"buyout", "return", "returnDefective"})

    async def test_an_order_comes_once_with_its_newest_status_first(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        newest = (await rows(http, wb))[0]
        assert (newest["srid"], newest["status"], newest["isMp"]) == (order["srid"], "created", False)
        await wb.place_orders()
        await wb.change_order(order["srid"], "buyout")
        feed = await rows(http, wb)
        assert (feed[0]["srid"], feed[0]["status"]) == (order["srid"], "buyout")
        assert len({row["srid"] for row in feed}) == len(feed)
        times = [row["updatedAt"] for row in feed]
        assert times == sorted(times, reverse=True)

    async def test_only_the_status_of_an_order_changes(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        before = (await rows(http, wb))[0]
        await wb.change_order(order["srid"], "price")
        assert (await rows(http, wb))[0] == before
        await wb.change_order(order["srid"], "cancel")
        changed = (await rows(http, wb))[0]
        assert changed == before | {"status": "cancel", "cancelType": "app", "updatedAt": changed["updatedAt"]}

    async def test_the_period_is_of_the_status_not_of_the_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop = wb.world.shop()
        old = shop.place(wb.world.clock.now() - 60 * DAY_SECONDS, past=True)
        assert old.srid not in {row["srid"] for row in await rows(http, wb)}
        await wb.change_order(old.srid, "buyout")
        assert (await rows(http, wb))[0]["srid"] == old.srid
        period = {"start": ago(wb, 20), "end": ago(wb, 10)}
        within = (await http.post(FEED, json={"selectedPeriod": period, "pagination": {"limit": 10_000}})).json()
        times = [row["updatedAt"] for row in within["data"]["orders"]]
        assert times
        assert all(period["start"] <= time <= period["end"] for time in times)

    async def test_filters_narrow_together(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        feed = await rows(http, wb)
        products = wb.world.shop().products
        product = products[feed[0]["nmId"]]
        same = [row for row in feed if row["nmId"] == product.nm_id]
        assert await rows(http, wb, nmIds=[product.nm_id], subjectIds=[], tagIds=[]) == same
        brand = [row for row in feed if products[row["nmId"]].brand == product.brand]
        assert await rows(http, wb, brandNames=[product.brand]) == brand
        subject = [row for row in feed if products[row["nmId"]].kind.subject_id == product.kind.subject_id]
        assert await rows(http, wb, subjectIds=[product.kind.subject_id]) == subject
        tags = {nm_id for nm_id, each in products.items() if 592569 in {tag["id"] for tag in each.card["tags"]}}
        assert tags
        assert await rows(http, wb, tagIds=[592569]) == [row for row in feed if row["nmId"] in tags]
        assert await rows(http, wb, nmIds=[product.nm_id], brandNames=["Nobody"]) == []


class TestSnapshots:
    async def pages(self, http: httpx.AsyncClient, wb: Wbsim, srid: str, *, keep: bool) -> tuple[Rows, Rows]:
        """The feed read in two pages, while an order of the second is bought."""
        first = await ask(http, wb, {"limit": 40})
        await wb.change_order(srid, "buyout")
        named = {"snapshotTime": first["snapshotTime"]} if keep else {}
        second = await ask(http, wb, {"offset": 40, **named})
        return first["orders"], second["orders"]

    async def test_what_changes_between_pages_is_invisible_to_them(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before = await rows(http, wb)
        victim = next(row for row in before[60:] if row["status"] == "created")
        first, second = await self.pages(http, wb, victim["srid"], keep=True)
        assert first + second == before
        assert victim in second
        newest = (await rows(http, wb))[0]
        assert (newest["srid"], newest["status"]) == (victim["srid"], "buyout")

    async def test_without_the_snapshot_rows_double(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before = await rows(http, wb)
        victim = next(row for row in before[60:] if row["status"] == "created")
        first, second = await self.pages(http, wb, victim["srid"], keep=False)
        assert first[-1] in second
        assert victim["srid"] not in {row["srid"] for row in first + second}

    async def test_orders_placed_since_are_invisible_too(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        first = await ask(http, wb)
        await wb.place_orders(count=3)
        again = await ask(http, wb, {"snapshotTime": first["snapshotTime"]})
        assert again == first
        assert len(await rows(http, wb)) == len(first["orders"]) + 3

    async def test_a_change_told_late_is_not_in_an_earlier_snapshot(self, wb: Wbsim) -> None:
        shop, now = wb.world.shop(), wb.world.clock.now()
        order = shop.place(now - 600)
        seen = {found.srid for found, _ in statuses_between(shop, now, now - DAY_SECONDS, now)}
        assert order.srid not in seen
        later = wb.world.clock.now()
        assert order.srid in {found.srid for found, _ in statuses_between(shop, later, now - DAY_SECONDS, now)}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"selectedPeriod": {}}, "selectedPeriod.start: field required"),
        ({"selectedPeriod": {"start": "soon"}}, "selectedPeriod.start: must be a time"),
        ({"selectedPeriod": {"start": "2026-11-20T00:00:00"}}, "selectedPeriod.start: must have an offset"),
        ({"selectedPeriod": {"start": "2020-01-01T00:00:00+03:00"}}, "not earlier than 31 days ago"),
        ({"pagination": {"limit": 10_001}}, "pagination.limit: must be at most 10000"),
        ({"pagination": {"offset": -1}}, "pagination.offset: must be at least 0"),
        ({"pagination": {"snapshotTime": "now"}}, "pagination.snapshotTime: must be a time"),
        ({"brandNames": ["x"] * 51}, "brandNames: at most 50 items"),
        ({"nmIds": list(range(1_001))}, "nmIds: at most 1000 items"),
        ({"nmIDs": [1]}, "nmIDs: unknown field"),
    ],
)
async def test_a_wrong_body_is_refused(wb: Wbsim, http: httpx.AsyncClient, change: Any, problem: str) -> None:
    answer = await http.post(FEED, json={"selectedPeriod": {"start": ago(wb, 1)}} | change)
    assert answer.status_code == 400
    assert problem in answer.json()["detail"]


async def test_a_period_that_ends_before_it_starts_is_refused(wb: Wbsim, http: httpx.AsyncClient) -> None:
    period = {"start": ago(wb, 1), "end": ago(wb, 2)}
    assert (await http.post(FEED, json={"selectedPeriod": period})).status_code == 400
    assert (await http.post(FEED, content=b"{")).status_code == 400


async def test_fifty_rows_are_given_unless_asked_otherwise(wb: Wbsim, http: httpx.AsyncClient) -> None:
    data = (await http.post(FEED, json={"selectedPeriod": {"start": ago(wb, 30)}})).json()["data"]
    assert len(data["orders"]) == 50
    snapshot = datetime.fromisoformat(data["snapshotTime"])
    assert snapshot.tzinfo == UTC
    assert data["currency"] == "RUB"


async def test_a_base_token_may_read_it_once_in_three_hours(http: httpx.AsyncClient) -> None:
    async with running_wbsim(products=1, history_orders=3) as small:
        headers = {"Authorization": await small.token(kind="base")}
        asked = {"selectedPeriod": {"start": ago(small, 1)}}
        url = f"{small.url}{FEED}"
        assert (await http.post(url, json=asked, headers=headers)).status_code == 200
        refused = await http.post(url, json=asked, headers=headers)
        assert (refused.status_code, int(refused.headers["x-ratelimit-retry"]) > 10_700) == (429, True)


class TestUnpaid:
    @pytest.fixture
    async def wb(self) -> AsyncIterator[Wbsim]:
        behaviour = Behaviour(unpaid_share=1, unpaid_seconds=DAY_SECONDS)
        async with running_wbsim(
            products=4, history_orders=20, limits_factor=1_000_000, behaviour=behaviour
        ) as running:
            yield running

    async def orders(self, http: httpx.AsyncClient) -> set[str]:
        answer = await http.get("/api/v1/supplier/orders?dateFrom=2020-01-01")
        return {row["srid"] for row in answer.raise_for_status().json()}

    async def test_an_unpaid_order_is_in_the_feed_only_until_it_is_paid(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        [order] = await wb.place_orders()
        assert (order["version"], order["visible_at"]) == (0, None)
        assert (await rows(http, wb))[0]["srid"] == order["srid"]
        assert order["srid"] not in await self.orders(http)
        assert order["srid"] not in {row["srid"] for row in await wb.rows("orders")}
        paid = await wb.change_order(order["srid"], "pay")
        assert (paid["version"], paid["row"]["date"]) == (1, order["row"]["date"])
        assert order["srid"] in await self.orders(http)
        with pytest.raises(ControlError, match="409"):
            await wb.change_order(order["srid"], "pay")

    async def test_one_that_is_cancelled_unpaid_never_was_an_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        await wb.change_order(order["srid"], "price")
        await wb.change_order(order["srid"], "cancel")
        newest = (await rows(http, wb))[0]
        assert (newest["srid"], newest["status"]) == (order["srid"], "cancel")
        assert order["srid"] not in await self.orders(http)

    async def test_whoever_takes_it_has_paid(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [order] = await wb.place_orders()
        bought = await wb.change_order(order["srid"], "buyout")
        assert bought["state"] == "bought"
        assert order["srid"] in await self.orders(http)

    @pytest.mark.parametrize("life", [{"min_age_seconds": 0}, {"changes_per_second": 200, "cancel_share": 0}])
    async def test_buyers_pay_in_the_end(self, wb: Wbsim, http: httpx.AsyncClient, life: dict[str, float]) -> None:
        [order] = await wb.place_orders()
        await wb.settings(unpaid_seconds=0.1)
        await asyncio.sleep(0.1)
        await wb.life(**life)
        async with asyncio.timeout(60):
            while order["srid"] not in {row["srid"] for row in await wb.rows("orders")}:
                pass
        assert order["srid"] in await self.orders(http)

    async def test_each_paced_row_is_a_version(self, wb: Wbsim) -> None:
        await wb.settings(unpaid_share=0.5, unpaid_seconds=0.05)
        await wb.life(changes_per_second=300, cancel_share=0, buyout_share=0)
        async with asyncio.timeout(60):
            while (await wb.control("GET", "/life"))["made"].get("unpaid", 0) < 10:
                pass
        made = (await wb.life(changes_per_second=0))["made"]
        assert made["order_row_versions"] <= len(await wb.changes()) <= made["order_row_versions"] + made["unpaid"]
