"""A shop's advertising campaigns: what they advertise at which bids, when they ran, and how a seller changes them.

Bids are kopecks: per thousand views (`cpm`) or per click (`cpc`). Moments are simulated Unix seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal, get_args

from wbsim.advert_figures import DayStats
from wbsim.catalogue import Product
from wbsim.times import DAY_SECONDS

READY, FINISHED, ACTIVE, PAUSED = 4, 7, 9, 11
ALIVE = frozenset({READY, ACTIVE, PAUSED})
MOST_CAMPAIGNS = 200
TYPICAL_BID = {"cpm": 20_000, "cpc": 1_500}
LEAST_BID = {"cpm": 8_000, "cpc": 400}
BID_STEP = 100

BidType = Literal["manual", "unified"]
PaymentType = Literal["cpm", "cpc"]
Sort = Literal["unified", "per click", "manual"]
SORTS: tuple[Sort, ...] = get_args(Sort)
"""Sorts of campaigns: one bid for all places, bids for clicks in search, a bid for each place."""
_SOURCES = ("Счёт", "Баланс", "Бонусы")
_NAMES = ("Кампания", "Продвижение", "Распродажа", "Новинки", "Осень", "Хиты")


@dataclass(frozen=True, slots=True)
class Goods:
    """One advertised card, as it was when the campaign was made; `price` is what a buyer pays, in roubles."""

    nm_id: int
    name: str
    subject_id: int
    subject: str
    price: int
    search: int
    recommendations: int

    @property
    def bid(self) -> int:
        """The bid in force, in kopecks."""
        return max(self.search, self.recommendations)


@dataclass(slots=True)
class Run:
    """A stretch of time in which a campaign was shown at the same bids, one for each of its goods."""

    start: float
    end: float | None
    bids: tuple[int, ...]


@dataclass(slots=True)
class Campaign:
    """One campaign; `deposited` is what the seller has put into its budget, in roubles."""

    advert_id: int
    bid_type: BidType
    payment_type: PaymentType
    search: bool
    recommendations: bool
    goods: list[Goods]
    others: list[Goods]
    """Cards that buyers order as well after a click on an advertised one."""
    source: str
    deposited: int
    name: str
    status: int
    created: float
    updated: float
    started: float | None = None
    deleted: float | None = None
    runs: list[Run] = field(default_factory=list)
    journal: list[tuple[float, str, int]] = field(default_factory=list)
    """Since when it has had which name and status."""
    final: dict[int, DayStats] = field(default_factory=dict)
    """Statistics of days that cannot change any more, by midnight (`wbsim.advert_stats`)."""

    def start(self, at: float) -> None:
        """Show it from now on."""
        self.started = at
        self.runs.append(Run(at, None, self._bids()))
        self._changed(at, status=ACTIVE)

    def pause(self, at: float) -> None:
        """Show it no more until it is started again."""
        self._stop(at)
        self._changed(at, status=PAUSED)

    def finish(self, at: float) -> None:
        """Show it never again."""
        self._stop(at)
        self.deleted = at
        self._changed(at, status=FINISHED)

    def bid(self, place: int, kopecks: int, at: float) -> None:
        """Change the bid for one of its goods in every place where it is shown."""
        self.goods[place] = replace(
            self.goods[place],
            search=kopecks if self.search else 0,
            recommendations=kopecks if self.recommendations else 0,
        )
        if self.status == ACTIVE:
            self._stop(at)
            self.runs.append(Run(at, None, self._bids()))
        self._changed(at)

    def rename(self, name: str, at: float) -> None:
        """Call it something else."""
        self.name = name
        self._changed(at)

    def at(self, moment: float) -> tuple[str, int]:
        """Its name and status at a moment."""
        known = [entry for entry in self.journal if entry[0] <= moment] or self.journal[:1]
        return known[-1][1:]

    def _bids(self) -> tuple[int, ...]:
        return tuple(goods.bid for goods in self.goods)

    def _stop(self, at: float) -> None:
        if self.runs and self.runs[-1].end is None:
            self.runs[-1].end = at

    def _changed(self, at: float, status: int | None = None) -> None:
        self.status = self.status if status is None else status
        self.updated = at
        self.journal.append((at, self.name, self.status))


class Adverts:
    """A shop's campaigns by id, and the account that pays for them (whole roubles)."""

    def __init__(self, seed: int, products: Sequence[Product], now: float) -> None:
        rng = Random(f"{seed} adverts")
        self.seed = seed
        self.account = rng.randrange(20_000, 90_000)
        self.net = rng.randrange(0, 30_000)
        self.bonus = rng.randrange(0, 20_000)
        self.cashback_until = now + rng.uniform(20, 60) * DAY_SECONDS
        self.campaigns: dict[int, Campaign] = {}
        self.answered_until = 0.0
        """Until when spending has been told to anyone: nothing may change before that."""
        self._products = products
        self._next_id = rng.randrange(20_000_000, 30_000_000)
        fates = [ACTIVE, ACTIVE, ACTIVE, PAUSED, FINISHED, READY]
        for place, fate in enumerate(fates + rng.choices(fates, k=rng.randrange(4))):
            self._make_past(rng, fate, now, SORTS[place] if place < len(SORTS) else rng.choice(SORTS))

    def create(self, rng: Random, at: float, sort: Sort | None = None) -> Campaign:
        """A new campaign for one to three cards, ready to start; of any sort unless told."""
        sort = sort or rng.choice(SORTS)
        payment: PaymentType = "cpc" if sort == "per click" else "cpm"
        recommendations = sort == "unified" or (sort == "manual" and rng.random() < 0.5)
        chosen = rng.sample(self._products, min(len(self._products), rng.randrange(3, 6)))
        advertised = rng.randrange(1, 4)
        name = f"{rng.choice(_NAMES)} {rng.randrange(1, 100)}"
        campaign = Campaign(
            advert_id=self._next_id,
            bid_type="unified" if sort == "unified" else "manual",
            payment_type=payment,
            search=True,
            recommendations=recommendations,
            goods=[_goods(rng, product, payment, recommendations) for product in chosen[:advertised]],
            others=[_goods(rng, product, payment, recommendations) for product in chosen[advertised:]],
            source=rng.choice(_SOURCES),
            deposited=rng.randrange(2, 20) * 500,
            name=name,
            status=READY,
            created=at,
            updated=at,
            journal=[(at, name, READY)],
        )
        self._next_id += rng.randrange(1, 5_000)
        self.campaigns[campaign.advert_id] = campaign
        return campaign

    def _make_past(self, rng: Random, fate: int, now: float, sort: Sort) -> None:
        campaign = self.create(rng, now - rng.uniform(25, 100) * DAY_SECONDS, sort)
        if fate == READY:
            return
        last = now if fate == ACTIVE else now - rng.uniform(0.2, 8) * DAY_SECONDS
        at = campaign.created + rng.uniform(0.01, 1) * DAY_SECONDS
        campaign.start(at)
        while (paused := at + rng.uniform(3, 25) * DAY_SECONDS) < last:
            campaign.pause(paused)
            at = min(last, paused + rng.uniform(0.2, 2) * DAY_SECONDS)
            campaign.bid(0, campaign.goods[0].bid + BID_STEP * rng.randrange(1, 30), at)
            campaign.start(at)
        if fate == PAUSED:
            campaign.pause(last)
        elif fate == FINISHED:
            campaign.finish(last)


def _goods(rng: Random, product: Product, payment: str, recommendations: bool) -> Goods:
    bid = round(TYPICAL_BID[payment] * rng.uniform(0.7, 1.8) / BID_STEP) * BID_STEP
    return Goods(
        nm_id=product.nm_id,
        name=product.title,
        subject_id=product.kind.subject_id,
        subject=product.kind.subject,
        price=round(product.price * (100 - product.discount) / 100),
        search=bid,
        recommendations=bid if recommendations else 0,
    )
