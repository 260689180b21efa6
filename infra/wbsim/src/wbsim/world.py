"""Everything one simulator holds: its sellers, their changes, the faults and the requests it received."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from random import Random
from typing import Any

from wbsim import tokens
from wbsim.buckets import Buckets
from wbsim.clock import Clock
from wbsim.config import Behaviour, Config
from wbsim.faults import Faults
from wbsim.feed import Version
from wbsim.history import Due, live_through
from wbsim.lots import Lot, Lots, Terms
from wbsim.mischief import Mischief
from wbsim.shop import Shop
from wbsim.webhooks import Webhook

KEPT_REQUESTS = 20_000


@dataclass(slots=True)
class Received:
    """One request to a WB method; `at` is real Unix seconds, `rows` what the answer carried."""

    seq: int
    at: float
    method: str
    path: str
    sid: str | None
    status: int
    traceparent: str | None
    rows: int


@dataclass(slots=True)
class World:
    """The state of a simulator; the first seller is the default one."""

    config: Config
    clock: Clock
    behaviour: Behaviour
    buckets: Buckets
    faults: Faults
    mischief: Mischief
    key: str
    shops: dict[str, Shop] = field(default_factory=dict)
    fates: dict[str, list[Due]] = field(default_factory=dict)
    changes: list[tuple[str, Version]] = field(default_factory=list)
    requests: deque[Received] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    received: int = 0
    counted: Counter[tuple[str, int]] = field(default_factory=Counter)
    """All requests ever, by method path and status."""
    overdrawn: Counter[str] = field(default_factory=Counter)
    """Calls that found a bucket or the gate empty, by method path: 429 that no fault has played."""
    withdrawn: set[str] = field(default_factory=set)
    """Tokens that their sellers have replaced."""
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    """By their ids."""
    lots: Lots = field(init=False)

    def __post_init__(self) -> None:
        self.lots = Lots(self._opened, most_open=self.config.open_lots)

    def add_seller(
        self,
        *,
        name: str | None = None,
        seed: int | None = None,
        products: int | None = None,
        history_orders: int = 0,
        history_days: int | None = None,
        currency: str = "RUB",
    ) -> Shop:
        """Open a shop with its past; what is not said is as the configuration has it, but for the past: none."""
        shop = Shop(
            seed=self._next_seed() if seed is None else seed,
            name=name or f"Продавец {len(self.shops) + 1}",
            products=products or self.config.products,
            clock=self.clock,
            behaviour=self.behaviour,
            on_version=self._on_version,
            currency=currency,
        )
        days = history_days or self.config.history_days
        self.fates[shop.sid] = live_through(shop, orders=history_orders, days=days, now=self.clock.now())
        shop.furnish()
        self.shops[shop.sid] = shop
        return shop

    def let(
        self,
        count: int,
        *,
        first_seed: int | None = None,
        products: int | None = None,
        history_orders: int = 0,
        history_days: int | None = None,
        currency: str = "RUB",
    ) -> list[str]:
        """So many more sellers, whose shops are made when they are asked for (`wbsim.lots`); their ids."""
        terms = Terms(
            products=products or self.config.products,
            history_orders=history_orders,
            history_days=history_days or self.config.history_days,
            currency=currency,
            opened_at=self.clock.now(),
            fbs_share=self.behaviour.fbs_share,
        )
        return self.lots.let(terms, first_seed=self._next_seed() if first_seed is None else first_seed, count=count)

    def shop(self, sid: str | None = None) -> Shop:
        """A seller's shop to be read, the first one's by default; KeyError for an unknown sid."""
        if sid is None:
            return next(iter(self.shops.values()))
        return self.shops[sid] if sid in self.shops else self.lots.visit(sid)

    def keep(self, sid: str | None = None) -> Shop:
        """A seller's shop to be changed: from now on it is kept. KeyError for an unknown sid."""
        if sid is None or sid in self.shops:
            return self.shop(sid)
        shop, self.fates[sid] = self.lots.take(sid)
        shop.furnish()
        self.shops[sid] = shop
        return shop

    def _next_seed(self) -> int:
        return self.config.seed + 1_000 + len(self.shops) + len(self.lots)

    def issue_token(
        self,
        sid: str | None = None,
        *,
        kind: tokens.Kind = "personal",
        categories: Iterable[str] | None = None,
        expires_in_s: float = 180 * 86_400,
        read_only: bool = False,
    ) -> str:
        """A token of a seller's; by default personal, all categories, WB's 180 days."""
        return tokens.issue(
            self.key,
            sid=sid if sid is not None and sid in self.lots else self.shop(sid).sid,
            expires_at=self.clock.real_now() + expires_in_s,
            kind=kind,
            categories=categories,
            read_only=read_only,
        )

    def note_request(self, template: str, **what: Any) -> None:
        """Keep a request in the ring of the last KEPT_REQUESTS, and count it by `template`, its method's path."""
        self.received += 1
        self.counted[template, what["status"]] += 1
        self.requests.append(Received(seq=self.received, at=self.clock.real_now(), **what))

    def changes_since(self, seq: int, sid: str | None, limit: int) -> list[dict[str, Any]]:
        """Order-row versions made after the start with a number above `seq`, in order of making."""
        return [
            {"seq": number, "sid": owner, "srid": version.key, "version": version.number}
            | {name: value for name, value in asdict(version).items() if name not in {"key", "number"}}
            for number, (owner, version) in enumerate(self.changes[seq : seq + limit], start=seq + 1)
            if sid in {None, owner}
        ]

    def _opened(self, lot: Lot) -> tuple[Shop, list[Due]]:
        terms = lot.terms
        shop = Shop(
            seed=lot.seed,
            name=lot.name,
            products=terms.products,
            clock=self.clock,
            behaviour=self.behaviour,
            on_version=self._on_version,
            currency=terms.currency,
            opened_at=terms.opened_at,
        )
        return shop, live_through(
            shop,
            orders=terms.history_orders,
            days=terms.history_days,
            now=terms.opened_at,
            fbs_share=terms.fbs_share,
        )

    def _on_version(self, shop: Shop, version: Version) -> None:
        self.changes.append((shop.sid, version))


def make_world(config: Config) -> World:
    """A simulator's state at its start: one seller with the past the configuration asks for."""
    clock = Clock(config.speed, behind=config.behind_seconds)
    world = World(
        config=config,
        clock=clock,
        behaviour=replace(config.behaviour),
        buckets=Buckets(clock.real_now, config.limits_factor),
        faults=Faults(Random(config.seed), clock.now),
        mischief=Mischief(Random(f"mischief of {config.seed}")),
        key=tokens.signing_key(config.seed),
    )
    world.add_seller(
        name="ООО «Лесной двор»",
        seed=config.seed,
        products=config.products,
        history_orders=config.history_orders,
        history_days=config.history_days,
        currency=config.currency,
    )
    return world
