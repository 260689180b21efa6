"""Single changes: in each section, by command and in the course of life."""

import asyncio
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest
from wbsim.app import create_app
from wbsim.buyers import Buyers, Life
from wbsim.clock import Clock
from wbsim.config import Config
from wbsim.running import ControlError, Wbsim, running_wbsim
from wbsim.stepping import STEPS, take_steps
from wbsim.times import DAY_SECONDS
from wbsim.truth import SECTIONS


@pytest.mark.parametrize("section", STEPS)
async def test_steps_change_the_rows_of_their_section(wb: Wbsim, section: str) -> None:
    before = await wb.rows(section)
    assert await wb.step(section=section, count=5) == {section: 5}
    assert await wb.rows(section) != before


def test_whatever_changes_by_itself_can_be_compared() -> None:
    assert set(STEPS) <= set(SECTIONS)


async def test_a_step_of_no_section_is_spread_over_all(wb: Wbsim) -> None:
    made = await wb.step(count=40 * len(STEPS))
    assert set(made) == set(STEPS)


async def test_a_step_changes_one_seller_only(wb: Wbsim) -> None:
    sid = await wb.seller(products=2)
    ours = await wb.rows("orders")
    await wb.step(section="orders", count=3, sid=sid)
    assert await wb.rows("orders") == ours
    assert await wb.rows("orders", sid)


@pytest.mark.parametrize("body", [{"section": "weather"}, {"count": 0}, {"often": 1}])
async def test_steps_that_make_no_sense_are_refused(wb: Wbsim, body: dict[str, Any]) -> None:
    with pytest.raises(ControlError, match="400"):
        await wb.step(**body)


async def test_life_makes_steps_in_all_sections(wb: Wbsim) -> None:
    await wb.life(steps_per_day=86_400 * 1_000)
    made: set[str] = set()
    async with asyncio.timeout(60):
        while made < set(STEPS):
            made = set((await wb.control("GET", "/life"))["steps"])
    stopped = (await wb.life(steps_per_day=0))["steps"]
    await asyncio.sleep(0.02)
    assert (await wb.control("GET", "/life"))["steps"] == stopped


def test_no_step_lies_before_the_order_it_changes_however_late_the_buyers_wake() -> None:
    shop = create_app(Config(products=3, history_orders=0)).state.world.shop()
    clock = Mock(Clock, now=Mock(return_value=shop.clock.now()), speed=1.0)
    buyers = Buyers(shop, clock, [], Random(1), step_rng=Random(2))
    buyers.lead(Life(orders_per_day=10, steps_per_day=100))
    buyers.step()
    clock.now.return_value += 10 * DAY_SECONDS
    buyers.step()
    cancelled = [order.row for order in shop.orders.values() if order.state == "cancelled"]
    assert len(cancelled) > 10
    assert [row for row in cancelled if row["cancelDate"] < row["date"]] == []


async def test_a_still_shop_makes_no_steps() -> None:
    async with running_wbsim(products=1, history_orders=0) as still:
        assert (await still.life())["steps_per_day"] == 0
        assert (await still.control("GET", "/life"))["steps"] == {}


def test_the_same_seed_makes_the_same_steps() -> None:
    def lived() -> list[tuple[str, str]]:
        shop = create_app(Config(seed=5, products=4, history_orders=20)).state.world.shop()
        take_steps(shop, Random(3), shop.clock.now(), count=50)
        return [(order.srid, order.state) for order in shop.orders.values()]

    assert lived() == lived()
