"""Assembly tasks: orders sold from the seller's warehouses, their pages, their way and their statuses."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from wbsim.config import Behaviour
from wbsim.fbs import Task
from wbsim.running import Wbsim, running_wbsim
from wbsim.times import DAY_SECONDS

ORDERS, NEW, STATUS = "/api/v3/orders", "/api/v3/orders/new", "/api/v3/orders/status"
ARCHIVE = "/api/marketplace/v3/fbs/orders/archive"
FEED = "/api/analytics/v1/order-feed"
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    behaviour = Behaviour(fbs_share=0.4)
    async with running_wbsim(
        products=12, history_orders=500, history_days=160, limits_factor=1_000_000, behaviour=behaviour
    ) as running:
        yield running


async def read(http: httpx.AsyncClient, *, limit: int = 7, **period: int) -> list[tuple[int, Rows]]:
    """Every page there is, each with its `next`; stops when that is 0 or repeated."""
    pages: list[tuple[int, Rows]] = []
    place = 0
    while True:
        answer = await http.get(ORDERS, params={"limit": limit, "next": place, **period})
        page = answer.raise_for_status().json()
        pages.append((page["next"], page["orders"]))
        if page["next"] in {0, place}:
            return pages
        place = page["next"]


async def everything(wb: Wbsim, http: httpx.AsyncClient) -> Rows:
    now, found = int(wb.world.clock.now()) + 1, []
    for month in range(4):
        end = now - month * 30 * DAY_SECONDS
        for _, page in await read(http, limit=1_000, dateFrom=end - 30 * DAY_SECONDS + 1, dateTo=end):
            found += page
    return found


async def statuses(http: httpx.AsyncClient, ids: list[int]) -> Rows:
    rows: Rows = (await http.post(STATUS, json={"orders": ids})).raise_for_status().json()["orders"]
    return rows


async def place_task(wb: Wbsim) -> Task:
    shop = wb.world.shop()
    order = shop.place(wb.world.clock.now(), fbs=True)
    return shop.fbs.tasks[shop.fbs.number_of(order.srid)]


class TestTasks:
    async def test_they_are_the_truth_read_month_by_month(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        found = sorted(await everything(wb, http), key=lambda row: row["id"])
        assert found == await wb.rows("fbs_orders")
        assert len({row["id"] for row in found}) == len(found) > 60

    async def test_they_are_the_orders_sold_from_the_sellers_warehouses(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        orders = {row["srid"]: row for row in await wb.rows("orders")}
        tasks = {row["rid"]: row for row in await wb.rows("fbs_orders")}
        warehouses = {row["id"]: row for row in await wb.rows("warehouses")}
        from_seller = {srid for srid, row in orders.items() if row["warehouseType"] == "Склад продавца"}
        assert set(tasks) == from_seller
        assert 0.2 < len(from_seller) / len(orders) < 0.6
        for srid, task in tasks.items():
            order = orders[srid]
            assert (task["nmId"], task["article"], task["skus"]) == (
                order["nmId"],
                order["supplierArticle"],
                [order["barcode"]],
            )
            assert task["price"] == task["convertedPrice"] == order["finishedPrice"] * 100
            assert order["warehouseName"] == warehouses[task["warehouseId"]]["name"]
            assert task["officeId"] == warehouses[task["warehouseId"]]["officeId"]
            moscow = datetime.fromisoformat(f"{order['date']}+03:00")
            assert datetime.fromisoformat(task["createdAt"]) == moscow.astimezone(UTC)
            assert task["address"]["fullAddress"].startswith("г. ")
        assert any(task["comment"] for task in tasks.values())
        assert {orders[srid]["incomeID"] for srid in tasks} == {0}

    async def test_the_feed_tells_them_apart(self, wb: Wbsim) -> None:
        ids = {row["rid"] for row in await wb.rows("fbs_orders")}
        feed = await wb.rows("order_feed")
        assert {row["isMp"] for row in feed} == {True, False}
        assert {row["srid"] for row in feed if row["isMp"]} <= ids | {
            task.order.srid for task in wb.world.shop().fbs.tasks.values()
        }
        assert {row["warehouseName"] == "Склад WB" for row in feed if not row["isMp"]} == {True}

    async def test_one_basket_has_one_uid(self, wb: Wbsim) -> None:
        orders = {row["srid"]: row["gNumber"] for row in await wb.rows("orders")}
        uids: dict[str, set[str]] = {}
        for row in await wb.rows("fbs_orders"):
            uids.setdefault(orders[row["rid"]], set()).add(row["orderUid"])
        assert {len(found) for found in uids.values()} == {1}

    async def test_finance_names_the_task(self, wb: Wbsim) -> None:
        tasks = {task.order.srid: task.id for task in wb.world.shop().fbs.tasks.values()}
        rows = [row for row in await wb.rows("finance") if row["srid"]]
        assert {row["orderId"] == tasks.get(row["srid"], 0) for row in rows} == {True}
        assert {row["deliveryMethod"] for row in rows if row["orderId"]} == {"FBS, (МГТ)"}


class TestPages:
    async def test_next_walks_every_task_once(self, http: httpx.AsyncClient) -> None:
        pages = await read(http)
        ids = [row["id"] for _, page in pages for row in page]
        assert all(earlier < later for earlier, later in pairwise(ids))
        [(_, whole)] = await read(http, limit=1_000)
        assert [row["id"] for row in whole] == ids
        assert {len(page) for _, page in pages[:-1]} == {7}

    async def test_the_end_says_next_zero(self, http: httpx.AsyncClient) -> None:
        pages = await read(http)
        assert [place for place, _ in pages if place == 0] == [0]
        assert pages[-1][1] != []

    async def test_or_an_empty_page_repeats_the_last(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.settings(fbs_end="repeated")
        pages = await read(http)
        await wb.settings(fbs_end="zero")
        assert pages[-1] == (pages[-2][1][-1]["id"], [])
        assert pages[-2][0] == pages[-1][0]

    async def test_without_dates_it_is_the_last_thirty_days(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [(_, recent)] = await read(http, limit=1_000)
        now = wb.world.clock.now()
        ages = [now - datetime.fromisoformat(row["createdAt"]).timestamp() for row in recent]
        assert max(ages) <= 30 * DAY_SECONDS + 2
        assert len(recent) < len(await everything(wb, http))

    @pytest.mark.parametrize(
        "query",
        [
            {"limit": "0"},
            {"limit": "1001"},
            {"next": "x"},
            {"next": "-1"},
            {"dateFrom": "1", "dateTo": str(30 * DAY_SECONDS + 2)},
            {"dateFrom": "5", "dateTo": "4"},
            {"status": "new"},
        ],
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(ORDERS, params={"limit": "10", "next": "0"} | query)
        assert (answer.status_code, answer.json()["code"]) == (400, "IncorrectParameter")
        assert (await http.get(ORDERS, params={"limit": "10"})).status_code == 400

    async def test_a_refusal_costs_ten_requests(self, no_tls: Any) -> None:
        async with running_wbsim(products=1, history_orders=0, limits_factor=0.01) as strict:
            headers = {"Authorization": await strict.token()}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                left = int((await http.get(NEW)).headers["x-ratelimit-remaining"])
                after = int((await http.get(ORDERS)).headers["x-ratelimit-remaining"])
                assert (left, after) == (19, 9)
                assert (await http.get("/api/v3/offices")).headers["x-ratelimit-remaining"] == "19"


class TestWay:
    async def test_new_tasks_are_listed_until_they_are_taken_up(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        task = await place_task(wb)
        listed = {row["id"]: row for row in (await http.get(NEW)).json()["orders"]}
        row = listed[task.id]
        assert row["salePrice"] == task.order.money["priceWithDisc"] * 100 > row["price"]
        assert row["scanPrice"] is None
        assert "supplyId" not in row
        wb.world.shop().fbs.forward(task.order)
        assert task.id not in {row["id"] for row in (await http.get(NEW)).json()["orders"]}
        assert (await http.get(NEW, params={"limit": "1"})).status_code == 400

    async def test_a_task_goes_all_the_way_with_its_order(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        task = await place_task(wb)
        seen = []
        while True:
            [row] = await statuses(http, [task.id])
            seen.append((row["supplierStatus"], row["wbStatus"], row["isCancellable"], row["isTransferable"]))
            if not wb.world.shop().fbs.forward(task.order):
                break
        assert seen == [
            ("new", "waiting", True, False),
            ("confirm", "waiting", True, False),
            ("complete", "waiting", False, True),
            ("complete", "sorted", False, False),
            ("complete", "ready_for_pickup", False, False),
        ]
        await wb.change_order(task.order.srid, "buyout")
        [row] = await statuses(http, [task.id])
        assert (row["supplierStatus"], row["wbStatus"]) == ("complete", "sold")
        [found] = [row for row in await wb.rows("fbs_orders") if row["id"] == task.id]
        assert (found["scanPrice"], found["supplyId"][:6]) == (found["price"], "WB-GI-")

    @pytest.mark.parametrize(
        ("stages", "supplier", "wb_status", "cancel_type", "comes_back"),
        [
            (0, "new", "declined_by_client", "app", True),
            (1, "cancel", "canceled", "other", True),
            (3, "complete", "defect", "other", False),
            (4, "complete", "canceled_by_client", "receipt", False),
        ],
    )
    async def test_where_it_is_cancelled_tells_by_whom(
        self,
        wb: Wbsim,
        http: httpx.AsyncClient,
        stages: int,
        supplier: str,
        wb_status: str,
        cancel_type: str,
        comes_back: bool,
    ) -> None:
        task, shop = await place_task(wb), wb.world.shop()
        assert task.order.warehouse_id is not None
        stock = shop.warehouses.of[task.order.warehouse_id].stock
        units = stock[task.order.chrt_id]
        for _ in range(stages):
            shop.fbs.forward(task.order)
        await wb.change_order(task.order.srid, "cancel")
        [row] = await statuses(http, [task.id])
        assert (row["supplierStatus"], row["wbStatus"], row["isCancellable"]) == (supplier, wb_status, False)
        [fed] = [row for row in await wb.rows("order_feed") if row["srid"] == task.order.srid]
        assert fed["cancelType"] == cancel_type
        assert stock[task.order.chrt_id] == units + comes_back
        assert not shop.fbs.forward(task.order)

    async def test_the_statuses_of_a_lived_past_agree_with_its_orders(self, wb: Wbsim) -> None:
        states = {srid: order.state for srid, order in wb.world.shop().orders.items()}
        tasks = {row["id"]: row["rid"] for row in await wb.rows("fbs_orders")}
        rows = await wb.rows("fbs_statuses")
        assert {row["id"] for row in rows} == set(tasks)
        assert len({row["wbStatus"] for row in rows}) > 4
        cancelled = {"canceled", "declined_by_client", "canceled_by_client", "defect"}
        for row in rows:
            state = states[tasks[row["id"]]]
            assert (row["wbStatus"] == "sold") == (state in {"bought", "returned"})
            assert (row["wbStatus"] in cancelled) == (state == "cancelled")

    async def test_steps_move_tasks_and_never_lose_their_order(self, wb: Wbsim) -> None:
        before = {row["id"]: row for row in await wb.rows("fbs_statuses")}
        await wb.step(section="fbs_statuses", count=150)
        after = {row["id"]: row for row in await wb.rows("fbs_statuses")}
        changed = [task_id for task_id, row in before.items() if after[task_id] != row]
        assert len(changed) > 3
        ended = [task for task in wb.world.shop().fbs.tasks.values() if task.end]
        assert {task.order.state for task in ended} <= {"cancelled", "bought", "returned"}


class TestStatuses:
    async def test_they_are_the_truth_and_strangers_are_left_out(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        truth = await wb.rows("fbs_statuses")
        ids = [row["id"] for row in truth]
        assert await statuses(http, [*ids, 1, ids[0]]) == truth

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"{", "IncorrectRequestBody"),
            (b'{"orders":[]}', "IncorrectParameter"),
            (b'{"orders":["1"]}', "IncorrectParameter"),
            (b'{"ids":[1]}', "IncorrectParameter"),
            (b'{"orders":[%s1]}' % (b"1," * 1_000), "IncorrectParameter"),
        ],
    )
    async def test_a_wrong_body_is_refused(self, http: httpx.AsyncClient, body: bytes, code: str) -> None:
        answer = await http.post(STATUS, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, code)


class TestArchive:
    async def test_every_older_task_is_in_its_month(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        now = wb.world.clock.now()
        old = {
            task.id: task
            for task in wb.world.shop().fbs.tasks.values()
            if task.order.placed_at < now - 90 * DAY_SECONDS
        }
        months = {
            (made.year, made.month)
            for made in (datetime.fromtimestamp(task.order.placed_at, UTC) for task in old.values())
        }
        found: Rows = []
        for year, month in months:
            params = {"year": year, "month": month, "limit": 100, "next": 0}
            page = (await http.get(ARCHIVE, params=params)).raise_for_status().json()
            assert page["next"] is None
            assert {row["createdAt"][:7] for row in page["orders"]} == {f"{year}-{month:02d}"}
            found += page["orders"]
        assert {row["id"]: row["rid"] for row in found} == {task.id: task.order.srid for task in old.values()}
        assert {row["status"]["wbStatus"] for row in found} >= {"sold"}
        assert not {row["id"] for row in found} & {row["id"] for row in await wb.rows("fbs_orders")}

    async def test_pages_go_on_after_next(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        shop, made = wb.world.shop(), wb.world.clock.now() - 400 * DAY_SECONDS
        placed = [shop.place(made, past=True, fbs=True) for _ in range(120)]
        day = datetime.fromtimestamp(made, UTC)
        params = {"year": day.year, "month": day.month, "limit": 100, "next": 0}
        first = (await http.get(ARCHIVE, params=params)).json()
        assert (len(first["orders"]), first["next"]) == (100, first["orders"][-1]["id"])
        second = (await http.get(ARCHIVE, params=params | {"next": first["next"]})).json()
        assert second["next"] is None
        assert [row["rid"] for row in first["orders"] + second["orders"]] == [order.srid for order in placed]

    @pytest.mark.parametrize("query", [{"limit": "99"}, {"month": "13"}, {"next": "1w"}, {"day": "1"}])
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(ARCHIVE, params={"year": "2026", "month": "7", "limit": "100", "next": "0"} | query)
        assert (answer.status_code, answer.json()["title"]) == (400, "IncorrectParameter")
        assert answer.json()["errors"][0]["location"] == f"query.{next(iter(query))}"


async def test_a_shop_that_sells_nothing_itself_has_no_tasks() -> None:
    async with running_wbsim(products=3, history_orders=40) as plain:
        assert await plain.rows("fbs_orders") == []
        assert {row["warehouseType"] for row in await plain.rows("orders")} == {"Склад WB"}
        await plain.settings(fbs_share=1)
        await plain.place_orders(count=2)
        assert len(await plain.rows("fbs_statuses")) == 2


async def test_tasks_of_a_fast_life_move_by_themselves() -> None:
    behaviour = Behaviour(fbs_share=1)
    async with running_wbsim(products=3, history_orders=0, speed=200_000, behaviour=behaviour) as fast:
        await fast.life(orders_per_day=20)
        seen: set[str] = set()
        async with asyncio.timeout(60):
            while not seen >= {"waiting", "sorted", "ready_for_pickup", "sold"}:
                seen |= {row["wbStatus"] for row in await fast.rows("fbs_statuses")}
