"""A quarter in the life of a shop, as events: wbsim lives it by a clock that is set, the ingestor's parts make events.

Nothing here runs by real time: the same seed and start give the same quarter.
"""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from contracts.envelope import Event
from contracts.registry import parse_event
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Change, Key, Resource, Row
from ingestor.sync.publish import Announcement
from ingestor.sync.snapshots import snapshots
from wbsim.catalogue import Product
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.history import Due, plan, take_step
from wbsim.shop import Shop
from wbsim.stepping import take_steps
from wbsim.truth import SECTIONS

from support.reading import CABINET, parsed
from support.told import TOLD

READ = (
    "tariffs_commission", "tariffs_box", "products", "prices", "stocks", "seller_stocks", "orders", "sales",
    "feedbacks", "questions", "claims", "funnel", "finance", "campaigns", "campaign_stats", "campaign_spend",
    "campaign_budgets",
)  # fmt: skip
"""What is read at each look, in this order."""
DAILY = {"finance", "campaign_stats", "campaign_spend", "funnel"}
"""What is read once a day."""
MOVES = ("prices", "feedbacks", "questions", "campaigns", "campaign_budgets", "seller_stocks", "cards", "tariffs_box")
"""What changes by itself between two looks, beside orders."""
_encode = msgspec.json.Encoder(order="sorted").encode
OF_THE_LOOK = frozenset({"observed_at", "read_on"})
"""Columns that say when WB was asked, so that their change is none."""


class SetClock(Clock):
    """A clock that stands where it was set."""

    def __init__(self, at: float) -> None:
        super().__init__(1.0)
        self.at = at

    def now(self) -> float:
        return self.at

    def real(self, simulated: float) -> float:
        return simulated

    def real_now(self) -> float:
        return self.at


@dataclass(frozen=True)
class Look:
    """A moment at which everything was read: what was told of what had changed, and the truth, as WB's rows."""

    at: datetime
    bodies: list[bytes]
    """Of the events, in their order."""
    truth: dict[str, list[dict[str, Any]]]

    @cached_property
    def events(self) -> list[Event[Any]]:
        """They were made at that moment."""
        return [parse_event(body).model_copy(update={"time": self.at}) for body in self.bodies]


@dataclass
class Source:
    """One resource of the cabinet: what was read of it, and what that makes of the rows read now."""

    resource: Resource
    cabinet_id: UUID
    connected_at: datetime
    bodies: frozenset[bytes] = frozenset()
    known: dict[Key, tuple[Row, int]] = field(default_factory=dict)
    """The newest of each row, with its revision."""

    def __post_init__(self) -> None:
        # Of what is asked of every row: the ingestor asks it once for a page.
        storage = self.resource.storage
        self._names, self._keys, self._untracked = storage.names, storage.keys, storage.untracked | OF_THE_LOOK
        self._snapshot = snapshots(self.resource, self.cabinet_id)

    def told(self, rows: list[dict[str, Any]], at: datetime) -> list[bytes]:
        """The bodies of events of what differs from the time before."""
        storage = self.resource.storage
        bodies = {_encode(row): row for row in rows}
        news = [row for body, row in bodies.items() if body not in self.bodies]
        tracks_gone, before = storage.when_gone is not None, self.bodies
        self.bodies = frozenset(bodies)
        if not news and not (tracks_gone and before - self.bodies):
            return []
        answer = TOLD[self.resource.name].answer(rows if tracks_gone else news)
        found = [self._values(row) for row in parsed(self.resource, json.dumps(answer).encode(), at).rows]
        changes = [change for values in found if (change := self._change(values)) is not None]
        if tracks_gone:
            changes += self._gone({self._key(values) for values in found}, at)
        announcement = Announcement(
            self.resource, self.cabinet_id, connected_at=self.connected_at, first_load=False, currency="RUB"
        )
        for change in changes:
            announcement.add(change)
        return [body for _, body in announcement.events()]

    def _values(self, row: Row) -> dict[str, Any]:
        return dict(zip(self._names, row, strict=True))

    def _key(self, values: dict[str, Any]) -> Key:
        return tuple(values[name] for name in self._keys)

    def _change(self, values: dict[str, Any]) -> Change | None:
        storage, key = self.resource.storage, self._key(values)
        row, revision = self.known.get(key, ((), 0))
        before = self._values(row) if row else {}
        previous = {n: v for n, v in before.items() if n not in self._untracked and v != values[n]}
        if row and not previous:
            return None
        moment = values[storage.event_time] if storage.event_time else None
        return self._told(key, values, revision, previous if row else None, moment)

    def _gone(self, listed: set[Key], at: datetime) -> list[Change]:
        changes = []
        for key, (row, revision) in self.known.items():
            values = self._values(row)
            emptied = values | dict(self.resource.storage.when_gone or {})
            if key not in listed and emptied != values:
                changes.append((key, emptied, revision, {n: values[n] for n in values if values[n] != emptied[n]}, at))
        return [self._told(*change, gone=True) for change in changes]

    def _told(
        self,
        key: Key,
        values: dict[str, Any],
        revision: int,
        previous: dict[str, Any] | None,
        moment: datetime | None,
        *,
        gone: bool = False,
    ) -> Change:
        row = tuple(values.values())
        self.known[key] = (row, revision + 1)
        return Change(key, self._snapshot(row), revision + 1, previous, moment, gone=gone)


@dataclass
class Quarter:
    """A shop that lives `days`; it is looked at `looks` times a day."""

    start: datetime
    seed: int = 1
    days: int = 91
    looks: int = 1
    products: int = 8
    orders_per_day: int = 15
    cabinet_id: UUID = CABINET
    read: tuple[str, ...] = READ

    def live(self) -> Iterator[Look]:
        """The looks, one after another."""
        rng = Random(f"quarter {self.seed}")
        clock = SetClock(self.start.timestamp())
        shop = Shop(
            seed=self.seed,
            name="Quarter",
            products=self.products,
            clock=clock,
            behaviour=Behaviour(zero_price_share=0.05, fbs_share=0.15),
            on_version=lambda _shop, _version: None,
        )
        sources = [Source(RESOURCES[name], self.cabinet_id, self.start) for name in self.read]
        fates: list[Due] = []
        for number in range(1, self.days * self.looks + 1):
            at = self.start + number * timedelta(days=1) / self.looks
            self._live_until(at.timestamp(), shop, rng, clock, fates)
            is_daily = (number - 1) % self.looks == 0
            read = [name for name in self.read if is_daily or name not in DAILY]
            truth = {name: SECTIONS[TOLD[name].section](shop, clock.at) for name in read}
            bodies = [
                body
                for source in sources
                if (name := source.resource.name) in truth
                for body in source.told(truth[name], at)
            ]
            yield Look(at, bodies, truth)

    def _live_until(self, end: float, shop: Shop, rng: Random, clock: SetClock, fates: list[Due]) -> None:
        count = self.orders_per_day // self.looks + rng.randrange(3)
        for at in sorted(rng.uniform(clock.at, end) for _ in range(count)):
            _catch_up(shop, clock, fates, at)
            clock.at = at
            sold = [p.nm_id for p in shop.products.values() if any(shop.stocks[s.chrt_id].quantity for s in p.sizes)]
            for due in plan(rng, shop.place(at, rng.choice(sold) if sold else None)):
                heapq.heappush(fates, due)
        _catch_up(shop, clock, fates, end)
        clock.at = end
        for name in MOVES:
            if rng.random() < 0.3:
                take_steps(shop, rng, end, section=name)
        for order in list(shop.unpriced.values()):
            shop.reprice(order, end)
        for sale in list(shop.unsettled.values()):
            shop.settle(sale, end)
        if rng.random() < 0.1:
            rng.choice(list(shop.stocks.values())).quantity = 0
        if rng.random() < 0.04:
            _sell_out(shop, rng.choice(list(shop.products.values())))
        empty = [s for p in shop.products.values() for s in p.sizes if shop.stocks[s.chrt_id].quantity == 0]
        if empty and rng.random() < 0.1:
            shop.supply(rng.choice(empty), rng.randrange(5, 60))


def _sell_out(shop: Shop, product: Product) -> None:
    for size in product.sizes:
        shop.stocks[size.chrt_id].quantity = 0
        for warehouse in shop.warehouses.of.values():
            if size.chrt_id in warehouse.stock:
                warehouse.stock[size.chrt_id] = 0


def _catch_up(shop: Shop, clock: SetClock, fates: list[Due], until: float) -> None:
    while fates and fates[0].at <= until:
        due = heapq.heappop(fates)
        clock.at = max(clock.at, due.at)
        take_step(shop, due)
