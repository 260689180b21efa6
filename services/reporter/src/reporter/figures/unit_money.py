"""What one bought piece earns, from plain values: as an estimate, and as finance reports it. Formulas: docs/metrics.md.

Every part is rounded to 0.01 before it is added up, so that the parts shown add up to the profit shown. Amounts of one
call are in one currency.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from contracts.items import UnitEconomics, UnitMoney

from reporter.figures.delivery import NO_WAYS, Origin, Tariffs, Ways, per_bought, ways
from reporter.figures.ratios import cents, cents_if_known, per, percent

HUNDRED = Decimal(100)
ZERO = Decimal(0)

Lack = Literal["price", "commission", "dimensions", "tariff", "buyout", "tax", "cost"]


@dataclass(frozen=True)
class Tax:
    """What the seller pays of an income (`income`), or of what is left of it after costs (`income_less_costs`)."""

    percent: Decimal
    base: str


@dataclass(frozen=True)
class Rates:
    """Wildberries' commission on a subject, %: FBW, FBS, and the one rate of sellers who have only one."""

    wb: Decimal | None = None
    own: Decimal | None = None
    only: Decimal | None = None

    def of(self, is_own: bool | None) -> Decimal | None:
        """The rate by who has the goods; that of sellers who have only one, whoever does."""
        by_model = None if is_own is None else self.own if is_own else self.wb
        return self.only if by_model is None else by_model


@dataclass(frozen=True)
class Conditions:
    """What holds for an item on a day, whatever its price and wherever it is sold from.

    Shares are 0 … 100 % of orders that are bought: of the item, and of the whole cabinet, for items without their own.
    `charged` is what finance has taken for the item's ways.
    """

    rates: Rates = Rates()
    litres: Decimal | None = None
    item_share: Decimal | None = None
    shop_share: Decimal | None = None
    adverts_per_order: Decimal | None = None
    tax: Tax | None = None
    cost: Decimal | None = None
    other: Decimal | None = None
    charged: Ways = NO_WAYS

    @property
    def bought_share(self) -> Decimal | None:
        """What to expect of an order; null: unknown, or none is ever bought."""
        return (self.shop_share if self.item_share is None else self.item_share) or None


@dataclass(frozen=True)
class Offer:
    """For what a piece is sold, and from where. A price of 0 is unknown."""

    price: Decimal | None = None
    spp: Decimal | None = None
    buyer_price: Decimal | None = None
    is_own: bool | None = None
    origins: tuple[Origin, ...] = ()


@dataclass(frozen=True)
class Reported:
    """Sums of finance rows: of what was sold less what was given back, and of what WB took for it, all positive.

    `cost` and `other` are those of the pieces, and `spent` that on adverts; null: unknown. `there` and `back` count
    deliveries of each way, whatever came of the order.
    """

    pieces: int
    price: Decimal
    buyer_price: Decimal
    payout: Decimal
    logistics: Decimal
    storage: Decimal
    acceptance: Decimal
    penalties: Decimal
    there: int
    there_sum: Decimal
    back: int
    back_sum: Decimal
    first: date
    last: date
    cost: Decimal | None = None
    other: Decimal | None = None
    spent: Decimal | None = None

    @property
    def ways(self) -> Ways:
        """What was charged for a way, on average."""
        return Ways(
            self.there_sum / self.there if self.there else None,
            self.back_sum / self.back if self.back else None,
        )


@dataclass(frozen=True)
class Estimate:
    """What a piece will earn if it is bought, and what would have to be known to say more."""

    money: UnitMoney
    missing: tuple[Lack, ...]


def estimate(offer: Offer, conditions: Conditions, tariffs: Tariffs) -> Estimate:
    """Money of a piece sold by the offer."""
    price = cents(offer.price) if offer.price else None
    rate = conditions.rates.of(offer.is_own)
    way = ways(tariffs, offer.origins, conditions.litres, conditions.charged)
    share = conditions.bought_share
    commission = None if price is None or rate is None else cents(price * rate / HUNDRED)
    parts = UnitMoney(
        price=price,
        buyer_price=_buyer_price(offer),
        spp=cents_if_known(offer.spp),
        commission_percent=cents_if_known(rate),
        commission=commission,
        delivery=cents_if_known(way.there),
        delivery_back=cents_if_known(way.back),
        logistics=cents_if_known(per_bought(way, share)),
        adverts=_per_share(conditions.adverts_per_order, share),
        cost=cents_if_known(conditions.cost),
        other=cents_if_known(conditions.other),
        payout=None if price is None or commission is None else price - commission,
    )
    unknown_way = way.there is None
    lacking: dict[Lack, bool] = {
        "price": price is None,
        "commission": rate is None,
        "dimensions": unknown_way and conditions.litres is None,
        "tariff": unknown_way and not tariffs.listed(offer.origins),
        "buyout": share is None,
        "tax": conditions.tax is None,
        "cost": conditions.cost is None,
    }
    return Estimate(
        _with_profit(parts, conditions.tax, income=price), tuple(name for name, lacks in lacking.items() if lacks)
    )


def fact(reported: Reported, tax: Tax | None, *, pieces: int) -> UnitMoney:
    """What finance says of a piece, as the mean of so many; prices that sum up to 0 are no price."""
    ways_ = reported.ways
    price, payout = per(reported.price, pieces), per(reported.payout, pieces)
    commission = price - payout if price and payout is not None else None
    parts = UnitMoney(
        price=price or None,
        buyer_price=per(reported.buyer_price, pieces) or None,
        commission_percent=percent(commission, price),
        commission=commission,
        delivery=cents_if_known(ways_.there),
        delivery_back=cents_if_known(ways_.back),
        logistics=per(reported.logistics, pieces),
        storage=per(reported.storage, pieces),
        acceptance=per(reported.acceptance, pieces),
        penalties=per(reported.penalties, pieces),
        adverts=per(reported.spent, pieces),
        cost=per(reported.cost, pieces),
        other=per(reported.other, pieces),
        payout=payout,
    )
    return _with_profit(parts, tax, income=price)


def economics(estimated: Estimate, reported: Reported | None, told: UnitMoney | None) -> UnitEconomics:
    """Estimate and fact side by side, with the difference of their profits; the fact is `told` of `reported`."""
    if reported is None or told is None:
        return UnitEconomics(estimate=estimated.money, missing=estimated.missing)
    expected, earned = estimated.money.profit, told.profit
    return UnitEconomics(
        estimate=estimated.money,
        missing=estimated.missing,
        fact=told,
        fact_units=max(0, reported.pieces),
        fact_from=reported.first,
        fact_to=reported.last,
        profit_difference=None if expected is None or earned is None else earned - expected,
    )


def _buyer_price(offer: Offer) -> Decimal | None:
    """As WB says, else by its discount."""
    if offer.buyer_price:
        return cents(offer.buyer_price)
    return cents(offer.price * (HUNDRED - offer.spp) / HUNDRED) if offer.price and offer.spp is not None else None


def _per_share(per_order: Decimal | None, share: Decimal | None) -> Decimal | None:
    """What an order bears, on those that are bought."""
    return None if per_order is None or share is None else cents(per_order * HUNDRED / share)


def _with_profit(parts: UnitMoney, tax: Tax | None, *, income: Decimal | None) -> UnitMoney:
    """The same with tax, profit, margin and ROI, as far as what they are made of is known."""
    before_tax = None
    if parts.payout is not None and parts.logistics is not None and parts.cost is not None:
        taken = (parts.storage, parts.acceptance, parts.penalties, parts.adverts, parts.other)
        before_tax = parts.payout - parts.logistics - parts.cost - sum((part or ZERO for part in taken), ZERO)
    taxed = _taxed(tax, income, before_tax)
    profit = None if before_tax is None or taxed is None else before_tax - taxed
    told = {
        "tax": taxed,
        "profit": profit,
        "margin": percent(profit, parts.price),
        "roi": percent(profit, parts.cost),
    }
    return parts.model_copy(update=told)


def _taxed(tax: Tax | None, income: Decimal | None, before_tax: Decimal | None) -> Decimal | None:
    """Of the income, or of what is left before tax; nothing of a loss."""
    if tax is None:
        return None
    base = before_tax if tax.base == "income_less_costs" else income
    return None if base is None else cents(max(ZERO, base) * tax.percent / HUNDRED)
