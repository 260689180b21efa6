"""Buyers at an exact rate and buyers with fates."""

import ssl
from collections import Counter
from itertools import pairwise
from random import Random
from typing import Any

import httpx
import pytest
from support.eventually import eventually
from wbsim.buyers import Buyers, Life
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.history import live_through
from wbsim.running import ControlError, Wbsim, running_wbsim
from wbsim.shop import Shop

ORDERS = "/api/v1/supplier/orders?dateFrom=2026-01-01"


async def poll_until(wb: Wbsim, http: httpx.AsyncClient, changes: int) -> None:
    async def are_made() -> bool:
        await http.get(ORDERS)
        return bool((await wb.control("GET", "/life"))["made"]["changes"] >= changes)

    await eventually(are_made)


async def test_every_version_of_a_paced_life_can_be_seen_by_a_poller(no_tls: ssl.SSLContext) -> None:
    async with running_wbsim(products=8, history_orders=0, limits_factor=1e9) as wb:
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
            await wb.life(
                changes_per_second=200, cancel_share=0.3, price_share=0.2, buyout_share=0.1, return_share=0.05,
                min_age_seconds=0.1,
            )  # fmt: skip
            await poll_until(wb, http, 300)
            stopped = (await wb.life(changes_per_second=0))["made"]
            await http.get(ORDERS)
            changes = await wb.changes()
    assert all(change["served_at"] is not None for change in changes)
    assert stopped["order_row_versions"] == len(changes)
    assert {change["kind"] for change in changes} == {"new", "cancel", "price"}
    by_order: dict[str, list[dict[str, float]]] = {}
    for change in changes:
        by_order.setdefault(change["srid"], []).append(change)
    steps = [pair for versions in by_order.values() for pair in pairwise(versions)]
    assert steps
    assert all(earlier["served_at"] <= later["changed_at"] for earlier, later in steps)
    assert all(later["changed_at"] - earlier["changed_at"] >= 0.1 for earlier, later in steps)


async def test_without_a_poller_only_new_orders_are_made() -> None:
    async with running_wbsim(products=8, history_orders=0) as wb:
        await wb.life(changes_per_second=300, cancel_share=1.0, buyout_share=0, min_age_seconds=0)

        async def twenty() -> list[dict[str, Any]] | None:
            changes = await wb.changes()
            return changes if len(changes) >= 20 else None

        changes = await eventually(twenty)
    assert {change["kind"] for change in changes} == {"new"}


async def test_zero_prices_fill_in_as_paced_changes_of_seen_orders(no_tls: ssl.SSLContext) -> None:
    async with running_wbsim(products=8, history_orders=0, limits_factor=1e9) as wb:
        await wb.settings(zero_price_share=1, zero_price_seconds=0)
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
            await wb.life(changes_per_second=100, cancel_share=0, buyout_share=0, min_age_seconds=0)
            await poll_until(wb, http, 100)
        changes = await wb.changes()
    kinds = Counter(change["kind"] for change in changes)
    assert kinds["price"] > 10
    assert all(change["version"] == 2 for change in changes if change["kind"] == "price")


async def test_by_the_recent_share_changes_meet_the_orders_that_were_made_last(no_tls: ssl.SSLContext) -> None:
    async with running_wbsim(products=8, history_orders=200, limits_factor=1e9) as wb:
        past = {order["srid"] for order in (await wb.truth())["orders"]}
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
            habits = {"cancel_share": 0.4, "buyout_share": 0, "min_age_seconds": 0, "recent_share": 1}
            # The past was answered too: without the share it would be cancelled first.
            await poll_until(wb, http, 0)
            await wb.life(changes_per_second=100, **habits)
            await poll_until(wb, http, 60)
        cancelled = [change["srid"] for change in await wb.changes() if change["kind"] == "cancel"]
    assert len(cancelled) > 5
    assert len(past.intersection(cancelled)) < len(cancelled) / 2


async def test_unpaced_money_fills_in_by_itself() -> None:
    async with running_wbsim(products=8, history_orders=0, speed=3_600) as wb:
        await wb.settings(zero_price_share=1, zero_price_seconds=60)
        [order] = await wb.place_orders()
        await wb.change_order(order["srid"], "buyout")

        async def with_money() -> dict[str, Any] | None:
            truth = await wb.truth()
            is_filled = truth["orders"][0]["row"]["finishedPrice"] and truth["sales"][0]["row"]["forPay"]
            return truth if is_filled else None

        truth = await eventually(with_money)
    assert [version["kind"] for version in truth["orders"][0]["versions"]] == ["new", "price"]


async def test_shares_that_make_no_sense_are_refused(wb: Wbsim) -> None:
    with pytest.raises(ControlError, match="more than 1"):
        await wb.life(cancel_share=0.6, buyout_share=0.6)
    with pytest.raises(ControlError, match="cancel_share"):
        await wb.life(cancel_share=2)


class FastClock(Clock):
    """A clock that a test moves on by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = super().now()

    def now(self) -> float:
        return self.moment


def test_unpaced_buyers_order_at_their_rate_and_live_out_their_fates() -> None:
    clock = FastClock()
    shop = Shop(
        seed=3, name="Лавка", products=10, clock=clock, behaviour=Behaviour(), on_version=lambda _shop, _version: None
    )
    buyers = Buyers(shop, clock, live_through(shop, orders=0, days=1, now=clock.now()), Random(3))
    buyers.lead(Life(orders_per_day=50))
    for _ in range(30 * 24):
        clock.moment += 3_600
        assert 0 <= buyers.step() <= 1
    states = Counter(order.state for order in shop.orders.values())
    assert 1_300 < len(shop.orders) < 1_700
    assert states["bought"] > states["cancelled"] > states["returned"] > 0
    assert shop.feedbacks
