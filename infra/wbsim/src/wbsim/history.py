"""What becomes of an order, and a past made of such fates."""

import gc
import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from wbsim.orders import Order
from wbsim.sections.reviews import leave_feedback
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS

Step = Literal["cancel", "buyout", "return", "feedback", "forward"]
FORWARD_DAYS = (0.1, 0.4, 1.2, 2.2)
"""When an assembly task is taken up, handed over, sorted and ready for its buyer, unless the order has ended."""


@dataclass(order=True, slots=True)
class Due:
    """One step of an order's fate, at a simulated moment."""

    at: float
    srid: str
    step: Step = field(compare=False)


def plan(rng: Random, order: Order) -> list[Due]:
    """The steps after an order is placed: mostly a purchase in one to six days, sometimes a refusal or return."""
    if rng.random() < 0.12:
        cancelled_at = order.placed_at + rng.uniform(0.02, 3) * DAY_SECONDS
        return [*_on_the_way(order, cancelled_at), Due(cancelled_at, order.srid, "cancel")]
    bought_at = order.placed_at + rng.uniform(1, 6) * DAY_SECONDS
    steps = [*_on_the_way(order, bought_at), Due(bought_at, order.srid, "buyout")]
    if rng.random() < 0.15:
        steps.append(Due(bought_at + rng.uniform(0.1, 4) * DAY_SECONDS, order.srid, "feedback"))
    if rng.random() < 0.08:
        steps.append(Due(bought_at + rng.uniform(1, 10) * DAY_SECONDS, order.srid, "return"))
    return steps


def _on_the_way(order: Order, end: float) -> list[Due]:
    if order.warehouse_id is None:
        return []
    moments = (order.placed_at + days * DAY_SECONDS for days in FORWARD_DAYS)
    return [Due(moment, order.srid, "forward") for moment in moments if moment < end]


def take_step(shop: Shop, due: Due, *, past: bool = False) -> None:
    """Carry out one step, unless the order has gone another way meanwhile."""
    order = shop.orders[due.srid]
    if due.step == "cancel" and order.state == "open":
        shop.cancel(order, due.at, past=past)
    elif due.step == "buyout" and order.state == "open":
        shop.buy_out(order, due.at, past=past)
    elif due.step == "return" and order.state == "bought":
        shop.give_back(order, due.at, past=past)
    elif due.step == "forward":
        shop.fbs.forward(order)
    elif due.step == "feedback":
        product = shop.products[order.nm_id]
        size = next(size for size in product.sizes if size.chrt_id == order.chrt_id)
        shop.feedbacks.append(
            leave_feedback(shop.rng, product, size.tech_size, order.placed_at, due.at, supplier=shop.name)
        )


def live_through(shop: Shop, *, orders: int, days: int, now: float, fbs_share: float | None = None) -> list[Due]:
    """Give the shop a past: orders spread over the last days, each as far along as it would be now.

    `fbs_share` of them are assembly tasks, by default as the behaviour has it. Returns the steps still to come, as a
    heap. Past versions are neither late nor announced.
    """
    with _uncollected():
        return _live_through(shop, orders, days, now, shop.behaviour.fbs_share if fbs_share is None else fbs_share)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector, which would look through a growing shop again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _live_through(shop: Shop, orders: int, days: int, now: float, fbs_share: float) -> list[Due]:
    moments = sorted(now - shop.rng.uniform(0, days) * DAY_SECONDS for _ in range(orders))
    pending: list[Due] = []
    for moment in moments:
        _catch_up(shop, pending, moment)
        for due in plan(shop.rng, shop.place(moment, past=True, fbs=shop.draws_fbs(fbs_share))):
            heapq.heappush(pending, due)
    _catch_up(shop, pending, now)
    return pending


def _catch_up(shop: Shop, pending: list[Due], until: float) -> None:
    while pending and pending[0].at <= until:
        take_step(shop, heapq.heappop(pending), past=True)
