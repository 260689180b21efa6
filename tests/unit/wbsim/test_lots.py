"""Sellers by the thousand: made when they are asked for, the same each time, kept once they change."""

import gc
import tracemalloc
from typing import Any

import httpx
import pytest
from wbsim.buckets import LEAST_SWEPT, Buckets
from wbsim.config import Config
from wbsim.limits import Limit
from wbsim.running import ControlError, Wbsim
from wbsim.truth import SECTIONS
from wbsim.world import World, make_world

ORDERS = "/api/v1/supplier/orders?dateFrom=2026-01-01"
FEW: dict[str, Any] = {"products": 2, "history_orders": 5}


def whole(world: World, sid: str) -> dict[str, Any]:
    now = world.clock.now()
    return {name: rows(world.shop(sid), now) for name, rows in SECTIONS.items()}


class TestLots:
    def test_a_shop_that_was_put_away_comes_back_the_same_in_every_section(self) -> None:
        world = make_world(Config(products=1, history_orders=0, open_lots=1))
        world.clock.run_at(0)
        world.behaviour.fbs_share = 0.5
        one, other = world.let(2, products=3, history_orders=30)
        world.behaviour.fbs_share = 0.0
        first, before = world.shop(one), whole(world, one)
        world.shop(other)
        assert world.shop(one) is not first
        assert whole(world, one) == before
        assert before["fbs_orders"]
        assert before["campaigns"]
        assert whole(world, other)["orders"] != before["orders"]

    def test_an_idle_lot_costs_less_than_a_kilobyte_and_open_ones_are_bounded(self) -> None:
        world = make_world(Config(products=1, history_orders=0, open_lots=20))
        gc.collect()
        tracemalloc.start()
        try:
            sids = world.let(2_000, **FEW)
            idle = tracemalloc.get_traced_memory()[0]
            for sid in sids[:20]:
                world.shop(sid)
            gc.collect()
            twenty = tracemalloc.get_traced_memory()[0]
            for sid in sids[20:200]:
                world.shop(sid)
            gc.collect()
            many = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        assert idle < 2_000 * 1_000
        assert many - idle < 2 * (twenty - idle)

    def test_what_is_kept_is_the_shop_that_was_visited_and_stays(self) -> None:
        world = make_world(Config(products=1, history_orders=0, open_lots=1))
        sid, other = world.let(2, **FEW)
        before = [order.row for order in world.shop(sid).orders.values()]
        shop = world.keep(sid)
        shop.place(world.clock.now())
        world.shop(other)
        assert world.shop(sid) is world.keep(sid) is shop
        assert [order.row for order in shop.orders.values()][:-1] == before
        assert len(world.lots) == 1

    async def test_thousands_are_let_with_tokens_and_answer(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sellers = await wb.lots(3_000, kind="base", **FEW)
        assert len({seller["sid"] for seller in sellers}) == 3_000
        last = sellers[-1]
        answer = await http.get(ORDERS, headers={"Authorization": last["token"]})
        assert len(answer.json()) == 5
        info = await http.get("/api/v1/seller-info", headers={"Authorization": last["token"]})
        assert info.json()["sid"] == last["sid"]
        # A base token has one call of three hours.
        assert (await http.get(ORDERS, headers={"Authorization": last["token"]})).status_code == 429
        assert (await wb.control("GET", "/sellers"))["lots"] == 3_000

    async def test_buyers_come_to_a_lot_which_is_kept_from_then_on(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        [seller, _] = await wb.lots(2, **FEW)
        [order] = await wb.place_orders(sid=seller["sid"])
        await wb.control("POST", f"/orders/{order['srid']}/change", {"kind": "cancel", "sid": seller["sid"]})
        rows = (await http.get(ORDERS, headers={"Authorization": seller["token"]})).json()
        assert [row["isCancel"] for row in rows if row["srid"] == order["srid"]] == [True]
        assert len(rows) == 6
        assert (await wb.control("GET", "/sellers"))["lots"] == 1

    async def test_a_report_that_a_lot_has_made_is_there_later(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sellers = await wb.lots(3, **FEW)
        await wb.settings(report_seconds=0)
        headers = {"Authorization": sellers[0]["token"]}
        task = (await http.get("/api/v1/warehouse_remains?groupByNm=true", headers=headers)).json()["data"]["taskId"]
        answer = await http.get(f"/api/v1/warehouse_remains/tasks/{task}/download", headers=headers)
        assert answer.status_code == 200

    async def test_an_unknown_seller_is_still_none(self, wb: Wbsim) -> None:
        await wb.lots(1)
        with pytest.raises(ControlError, match="404"):
            await wb.place_orders(sid="nobody")


class TestBucketsOfMany:
    def test_full_buckets_are_forgotten_and_others_are_not(self) -> None:
        now = 0.0
        buckets = Buckets(lambda: now)
        slow, quick = Limit(3_600, 1), Limit(0.1, 1)
        buckets.take("careful", "orders", slow)
        for number in range(3 * LEAST_SWEPT):
            now += 0.2
            buckets.take(f"{number}", "orders", quick)
        assert len(buckets) <= LEAST_SWEPT
        now = 3_599.0
        assert buckets.take("careful", "orders", slow).retry_seconds == pytest.approx(1)


async def test_requests_are_counted_by_method_and_status(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await http.get(ORDERS)
    await http.get(ORDERS, headers={"Authorization": "bad"})
    await http.post("/api/v3/stocks/1", json={"chrtIds": [1]})
    await http.get("/nothing/there")
    counts = await wb.counts()
    assert counts["/api/v1/supplier/orders", 200] == counts["/api/v1/supplier/orders", 401] == counts["", 404] == 1
    assert sum(count for (path, _), count in counts.items() if path == "/api/v3/stocks/{warehouseId}") == 1
