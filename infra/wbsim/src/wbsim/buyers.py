"""Buyers: what changes in a shop as time passes, by itself or at an exact rate."""

import asyncio
import contextlib
import heapq
import time
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

from wbsim.clock import Clock
from wbsim.history import Due, plan, take_step
from wbsim.orders import Order
from wbsim.shop import Shop
from wbsim.stepping import take_steps
from wbsim.times import DAY_SECONDS
from wbsim.watching import watched

IDLE_SECONDS = 1.0
LOOKED_AT = 64
ORDER_ROW_KINDS = ("new", "cancel", "price")


@dataclass(slots=True)
class Life:
    """How the buyers of one shop behave.

    `changes_per_second` (per real second) paces changes exactly: each is a new order, or by its share a
    cancel, price, buyout or return of an order that was last changed `min_age_seconds` (real) ago or more
    and whose newest version a client has been answered. Where no order qualifies, a new one is made; of those that do,
    the one that has rested longest is changed, or by `recent_share` the one that has rested shortest.
    `orders_per_day` (per simulated day) is the unpaced way: orders come at random and live out their fates.
    `steps_per_day` (per simulated day) are changes at random moments, spread over all sections of `wbsim.stepping`.
    """

    changes_per_second: float = 0.0
    cancel_share: float = 0.1
    price_share: float = 0.0
    buyout_share: float = 0.05
    return_share: float = 0.0
    min_age_seconds: float = 5.0
    recent_share: float = 0.0
    orders_per_day: float = 0.0
    steps_per_day: float = 0.0


def changed(life: Life, habits: Mapping[str, float]) -> Life:
    """The life with some habits changed; ValueError where the shares come to more than 1."""
    life = replace(life, **habits)
    if life.cancel_share + life.price_share + life.buyout_share + life.return_share > 1:
        raise ValueError("the shares add up to more than 1")
    return life


@dataclass(slots=True)
class Buyers:
    """The buyers of one shop; `run()` lives until cancelled."""

    shop: Shop
    clock: Clock
    fates: list[Due]
    rng: Random
    life: Life = field(default_factory=Life)
    step_rng: Random = field(default_factory=Random)
    made: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _paced_from: float = 0.0
    _paced: int = 0
    _next_order_at: float | None = None
    _next_step_at: float | None = None

    def lead(self, life: Life) -> None:
        """Behave like this from now on."""
        self.life = life
        self._paced_from, self._paced = time.monotonic(), 0
        self._next_order_at = self._next_step_at = None
        self._woken.set()

    def change(self, habits: Mapping[str, float]) -> None:
        """Change some habits of the buyers' life; ValueError where the shares come to more than 1."""
        self.lead(changed(self.life, habits))

    def progress(self) -> dict[str, int]:
        """How many changes of each kind the pacing has made, and how many of them are order-row versions."""
        rows = sum(self.made[kind] for kind in ORDER_ROW_KINDS)
        return {"changes": self.made.total(), "order_row_versions": rows} | dict(self.made)

    async def run(self) -> None:
        """Make every change when it is due."""
        while True:
            self._woken.clear()
            delay = self.step()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._woken.wait()

    def step(self) -> float:
        """Make the changes that are due; returns real seconds until the next may be."""
        now = self.clock.now()
        paced = self.life.changes_per_second > 0
        self._settle_sales(now)
        if not paced:
            self._pay_orders(now)
            self._price_orders(now)
        waits = [self._pace()] if paced else []
        if self.life.orders_per_day > 0:
            waits.append(self._real_seconds(self._live(now)))
        if self.life.steps_per_day > 0:
            waits.append(self._real_seconds(self._wander(now)))
        return max(0.0, min([IDLE_SECONDS, *waits]))

    def _real_seconds(self, simulated: float) -> float:
        return simulated / self.clock.speed if self.clock.speed else IDLE_SECONDS

    def _pace(self) -> float:
        rate = self.life.changes_per_second
        elapsed = time.monotonic() - self._paced_from
        for _ in range(int(elapsed * rate) - self._paced):
            self._paced += 1
            self.made[self._change(self.clock.now())] += 1
        return (self._paced + 1) / rate - (time.monotonic() - self._paced_from)

    def _change(self, now: float) -> str:
        life, shop, point = self.life, self.shop, self.rng.random()
        if (unpaid := next(iter(shop.unpaid.values()), None)) and self._payment_due(unpaid, now):
            shop.pay(unpaid, now)
            return "new"
        if (order := self._ripe(shop.unpriced, now)) and self._money_due(order, now):
            shop.reprice(order, now)
            return "price"
        for kind, share in (
            ("cancel", life.cancel_share),
            ("price", life.price_share),
            ("buyout", life.buyout_share),
            ("return", life.return_share),
        ):
            point -= share
            if point < 0:
                order = self._ripe(shop.bought if kind == "return" else shop.open, now)
                if order is not None:
                    _apply(shop, order, kind, now)
                    return kind
                break
        return "new" if shop.place(now).paid else "unpaid"

    def _ripe(self, shelf: OrderedDict[str, Order], now: float) -> Order | None:
        """The order of the shelf that has rested longest, or shortest, if it has rested enough and been served."""
        latest = self.clock.real(now) - self.life.min_age_seconds
        if self.life.recent_share and self.rng.random() < self.life.recent_share:
            return next((o for o in reversed(shelf.values()) if self._is_seen(o, latest)), None)
        for _ in range(min(LOOKED_AT, len(shelf))):
            order = next(iter(shelf.values()))
            newest = order.versions[-1]
            if self.clock.real(order.changed_at) > latest:
                return None
            if newest.served_at is not None:
                return order
            # Not seen by any client yet: let others go first.
            shelf.move_to_end(order.srid)
        return None

    def _is_seen(self, order: Order, latest: float) -> bool:
        return self.clock.real(order.changed_at) <= latest and order.versions[-1].served_at is not None

    def _live(self, now: float) -> float:
        gap = DAY_SECONDS / self.life.orders_per_day
        if self._next_order_at is None:
            self._next_order_at = now + self.rng.expovariate(1 / gap)
        while self._next_order_at <= now:
            for due in plan(self.rng, self.shop.place(self._next_order_at)):
                heapq.heappush(self.fates, due)
            self._next_order_at += self.rng.expovariate(1 / gap)
        while self.fates and self.fates[0].at <= now:
            take_step(self.shop, heapq.heappop(self.fates))
        moments = [self._next_order_at] + [due.at for due in self.fates[:1]]
        return min(moments) - now

    def _wander(self, now: float) -> float:
        gap = DAY_SECONDS / self.life.steps_per_day
        if self._next_step_at is None:
            self._next_step_at = now + self.step_rng.expovariate(1 / gap)
        while self._next_step_at <= now:
            # Not at the moment it was due: what it changes may have been made since then.
            self.steps += take_steps(self.shop, self.step_rng, now)
            self._next_step_at += self.step_rng.expovariate(1 / gap)
        return self._next_step_at - now

    def _pay_orders(self, now: float) -> None:
        while self.shop.unpaid and self._payment_due(order := next(iter(self.shop.unpaid.values())), now):
            self.shop.pay(order, now)

    def _price_orders(self, now: float) -> None:
        while self.shop.unpriced and self._money_due(order := next(iter(self.shop.unpriced.values())), now):
            self.shop.reprice(order, now)

    def _settle_sales(self, now: float) -> None:
        delay = self.shop.behaviour.zero_price_seconds
        while self.shop.unsettled:
            sale = next(iter(self.shop.unsettled.values()))
            if sale.made_at + delay > now:
                return
            self.shop.settle(sale, now)

    def _payment_due(self, order: Order, now: float) -> bool:
        return order.placed_at + self.shop.behaviour.unpaid_seconds <= now

    def _money_due(self, order: Order, now: float) -> bool:
        return order.placed_at + self.shop.behaviour.zero_price_seconds <= now


def _apply(shop: Shop, order: Order, kind: str, now: float) -> None:
    if kind == "cancel":
        shop.cancel(order, now)
    elif kind == "price":
        shop.reprice(order, now)
    elif kind == "buyout":
        shop.buy_out(order, now)
    else:
        shop.give_back(order, now)


class Crowd:
    """The buyers of every shop, each in a task of its own."""

    def __init__(self) -> None:
        self.of: dict[str, Buyers] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def welcome(self, shop: Shop, fates: list[Due], *, seed: int) -> Buyers:
        """Start the buyers of a shop; call it in the running loop."""
        buyers = Buyers(shop, shop.clock, fates, Random(seed), step_rng=Random(f"steps of {seed}"))
        self.of[shop.sid] = buyers
        self._tasks.add(watched(buyers.run(), f"buyers of {shop.sid}"))
        return buyers

    async def leave(self) -> None:
        """Stop all buyers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
