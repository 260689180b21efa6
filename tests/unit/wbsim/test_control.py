"""The control API: sellers, tokens, orders by hand, and what it refuses."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.app import create_app
from wbsim.running import ControlError, Wbsim, running_wbsim

ORDERS = "/api/v1/supplier/orders?dateFrom=2026-01-01"


@pytest.fixture(scope="module")
async def unchanged() -> AsyncIterator[Wbsim]:
    """A simulator that nothing is done to."""
    async with running_wbsim(products=2, history_orders=0) as running:
        yield running


async def test_health_tells_the_clock(wb: Wbsim) -> None:
    health = await wb.control("GET", "/health")
    assert health["status"] == "ok"
    assert health["now"] == pytest.approx(health["real_now"])


async def test_sellers_have_shops_of_their_own(wb: Wbsim, http: httpx.AsyncClient) -> None:
    sid = await wb.seller(name="Второй", seed=9, products=3, history_orders=5, history_days=10)
    assert [seller["sid"] for seller in (await wb.control("GET", "/sellers"))["sellers"]] == [
        wb.world.shop().sid,
        sid,
    ]
    token = await wb.token(sid=sid)
    theirs = (await http.get(ORDERS, headers={"Authorization": token})).json()
    ours = (await http.get(ORDERS)).json()
    assert len(theirs) == 5
    assert not {row["srid"] for row in theirs} & {row["srid"] for row in ours}
    [placed] = await wb.place_orders(sid=sid)
    assert {change["sid"] for change in await wb.changes()} == {sid}
    assert placed["srid"] in {order["srid"] for order in (await wb.truth(sid))["orders"]}


async def test_orders_can_be_made_of_one_product(wb: Wbsim) -> None:
    nm_id = next(iter(wb.world.shop().products))
    placed = await wb.place_orders(count=4, nm_id=nm_id)
    assert {order["nm_id"] for order in placed} == {nm_id}
    assert len({order["srid"] for order in placed}) == 4


async def test_each_kind_of_change_is_a_version_or_a_sale(wb: Wbsim) -> None:
    [order] = await wb.place_orders()
    srid = order["srid"]
    assert (await wb.change_order(srid, "price"))["version"] == 2
    assert (await wb.change_order(srid, "buyout"))["sale_id"].startswith("S")
    returned = await wb.change_order(srid, "return")
    assert (returned["sale_id"][0], returned["state"], returned["version"]) == ("R", "returned", 2)
    assert [change["kind"] for change in await wb.changes()] == ["new", "price"]
    assert [change["seq"] for change in await wb.changes(since_seq=1)] == [2]


@pytest.mark.parametrize(
    ("verb", "path", "body", "refusal"),
    [
        ("POST", "/orders/none/change", {"kind": "cancel"}, "404"),
        ("POST", "/orders/none/change", {}, "400.*kind: field required"),
        ("POST", "/orders", {"nm_id": 1}, "404"),
        ("POST", "/orders", {"count": 0}, "400"),
        ("POST", "/orders", {"sid": "none"}, "404"),
        ("POST", "/tokens", {"kind": "golden"}, "400"),
        ("POST", "/tokens", {"categories": ["everything"]}, "400"),
        ("POST", "/products/1", {"title": "x"}, "404"),
        ("POST", "/stocks", {"chrt_id": 1, "quantity": 1}, "404"),
        ("POST", "/settings", {"page_row": 1}, "400.*unknown"),
        ("POST", "/faults", {"path": "/", "kind": "meteor"}, "400"),
        ("GET", "/changes?since_seq=x", None, "400"),
        ("GET", "/truth?sid=none", None, "404"),
    ],
)
async def test_what_makes_no_sense_is_refused(unchanged: Wbsim, verb: str, path: str, body: Any, refusal: str) -> None:
    with pytest.raises(ControlError, match=refusal):
        await unchanged.control(verb, path, body)


async def test_a_body_that_is_no_json_is_refused(wb: Wbsim, http: httpx.AsyncClient) -> None:
    assert (await http.post("/_sim/orders", content=b"{")).status_code == 400


async def test_a_change_the_order_s_state_forbids_is_a_conflict(wb: Wbsim) -> None:
    [order] = await wb.place_orders()
    await wb.change_order(order["srid"], "cancel")
    with pytest.raises(ControlError, match="409"):
        await wb.change_order(order["srid"], "cancel")


@pytest.mark.parametrize(("allowed", "status"), [(False, 403), (True, 200)])
async def test_other_machines_may_control_only_where_allowed(allowed: bool, status: int) -> None:
    async with running_wbsim(products=1, history_orders=0, allow_remote_control=allowed) as wb:
        app = create_app(wb.world.config)
        transport = httpx.ASGITransport(app, client=("192.0.2.7", 4000))
        async with httpx.AsyncClient(transport=transport, base_url="http://wbsim") as http:
            assert (await http.get("/_sim/health")).status_code == status
