"""A digest from what was read. Formulas: docs/metrics.md."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import groupby
from typing import Any

from contracts.digests import (
    MAX_NAMED,
    AdvertsOfPeriod,
    CauseItem,
    ChangePart,
    Compared,
    CurrencyDigest,
    Difference,
    Estimate,
    TopItem,
    Why,
)
from contracts.items import Plan

from reporter.digests.periods import Period
from reporter.digests.read import Item, Totals
from reporter.digests.why import ItemChange, Ordered, decompose, total
from reporter.figures.ratios import percent

LARGEST = 200
"""Items whose days in stock are looked at."""


@dataclass(frozen=True)
class Beside:
    """What stands beside the items."""

    days_in_stock: Mapping[int, tuple[int | None, int | None]]
    """Of items: in the period before and in the period; none: unknown."""
    plans: Mapping[str, Plan]
    """By currency."""
    differences: Mapping[str, tuple[Difference, ...]]
    """By currency."""


def by_currency(items: Iterable[Item], beside: Beside, period: Period) -> tuple[CurrencyDigest, ...]:
    """What the period came to, in each currency; `items` come by currency."""
    return tuple(
        _digest(currency, list(of_currency), beside, period)
        for currency, of_currency in groupby(items, key=lambda item: item.currency)
    )


def largest(items: Iterable[Item]) -> list[int]:
    """The items with the largest sums of orders in both periods: what their days in stock explain matters most."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for item in items:
        sums[item.nm_id] += item.now.orders_sum + item.before.orders_sum
    return [nm_id for _, nm_id in sorted((-amount, nm_id) for nm_id, amount in sums.items())[:LARGEST]]


def _digest(currency: str, items: Sequence[Item], beside: Beside, period: Period) -> CurrencyDigest:
    now, before = _summed(item.now for item in items), _summed(item.before for item in items)
    return CurrencyDigest(
        currency=currency,
        orders=_compared(now.orders, now.orders_sum, before.orders, before.orders_sum),
        cancelled=_compared(now.cancelled, now.cancelled_sum, before.cancelled, before.cancelled_sum),
        bought=_compared(now.sales, now.sales_sum, before.sales, before.sales_sum),
        returns=_compared(now.returns, now.returns_sum, before.returns, before.returns_sum),
        adverts=_adverts(now, before),
        estimate=_estimate(items),
        plan=beside.plans.get(currency),
        top_revenue=_top((item, item.now.revenue) for item in items),
        top_profit=_top((item, item.now.profit) for item in items if item.now.is_known),
        why=_why(items, beside.days_in_stock, period),
        reconciliation=beside.differences.get(currency, ()),
    )


def _summed(totals: Iterable[Totals]) -> Totals:
    sums: dict[str, Any] = dict.fromkeys((field.name for field in fields(Totals)), 0)
    for each in totals:
        for name in sums:
            sums[name] += getattr(each, name)
    return Totals(**sums)


def _compared(count: int, amount: Decimal, previous_count: int, previous: Decimal) -> Compared:
    return Compared(
        count=count,
        sum=amount,
        previous_count=previous_count,
        previous_sum=previous,
        change=percent(amount - previous, previous),
    )


def _adverts(now: Totals, before: Totals) -> AdvertsOfPeriod | None:
    if not any(each.views or each.spent or each.advert_orders for each in (now, before)):
        return None
    return AdvertsOfPeriod(
        views=now.views,
        clicks=now.clicks,
        spent=now.spent,
        orders=now.advert_orders,
        orders_sum=now.advert_orders_sum,
        previous_spent=before.spent,
        drr=percent(now.spent, now.orders_sum),
        drr_adverts=percent(now.spent, now.advert_orders_sum),
    )


def _estimate(items: Sequence[Item]) -> Estimate | None:
    known = [item.now for item in items if item.now.is_known and (item.now.has_sold or item.now.spent)]
    without = [item.now for item in items if item.now.has_sold and not item.now.is_known]
    if not known:
        return None
    now = _summed(known)
    before = [item.before for item in items if item.before.is_known]
    return Estimate(
        revenue=now.revenue,
        commission=now.commission,
        logistics=now.logistics,
        adverts=now.spent,
        tax=now.tax,
        cost=now.cost,
        other=now.other,
        profit=now.profit,
        previous_profit=_summed(before).profit if before else None,
        items_without=len(without),
        sum_without=_summed(without).revenue,
    )


def _top(amounts: Iterable[tuple[Item, Decimal]]) -> tuple[TopItem, ...]:
    earning = sorted((each for each in amounts if each[1] > 0), key=lambda each: (-each[1], each[0].nm_id))
    return tuple(TopItem(**_name(item), amount=amount) for item, amount in earning[:MAX_NAMED])


def _why(items: Sequence[Item], days_in_stock: Mapping[int, tuple[int | None, int | None]], period: Period) -> Why:
    named = {item.nm_id: item for item in items}
    changes = []
    for item in items:
        known_before, known_now = days_in_stock.get(item.nm_id, (None, None))
        changes.append(ItemChange(item.nm_id, _ordered(item.before, known_before), _ordered(item.now, known_now)))
    parts = decompose(changes, len(period.before), len(period.now))
    whole = total(parts)
    return Why(
        orders=int(whole.orders),
        orders_sum=whole.orders_sum,
        parts=tuple(
            ChangePart(
                cause=part.cause,
                orders=part.effect.orders,
                orders_sum=part.effect.orders_sum,
                items=tuple(CauseItem(**_name(named[nm_id]), orders_sum=amount) for nm_id, amount in part.items),
            )
            for part in parts
        ),
    )


def _ordered(totals: Totals, days_in_stock: int | None) -> Ordered:
    return Ordered(totals.orders, totals.orders_sum, totals.advert_orders, days_in_stock)


def _name(item: Item) -> dict[str, Any]:
    return {"nm_id": item.nm_id, "title": item.title, "vendor_code": item.vendor_code}
