"""A size that is ordered and of which nothing is left."""

from collections.abc import Iterator
from datetime import timedelta

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section, Units

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import OUT_OF_STOCK_DAYS, RISK_DAYS
from reporter.alerts.units import chrt_id_of, left, lost, sizes_of, tech_size_of


def causes(seen: Seen) -> Iterator[Cause]:
    for nm_id in seen.nm_ids:
        stock = seen.stock(nm_id)
        if nm_id == WHOLE_CABINET or stock is None:
            continue
        sizes = tuple(sizes_of(stock))
        is_whole_item = all(left(units) == 0 for units in sizes)
        for units in sizes:
            if left(units) == 0 and not _is_given_up(seen, units):
                yield _cause(seen, nm_id, units, is_whole_item=is_whole_item)


def _is_given_up(seen: Seen, units: Units) -> bool:
    return units.out_since is not None and units.out_since < seen.today - timedelta(days=OUT_OF_STOCK_DAYS)


def _cause(seen: Seen, nm_id: int, units: Units, *, is_whole_item: bool) -> Cause:
    price = seen.price(nm_id)
    return Cause(
        subject=f"{nm_id}:{chrt_id_of(units) or ''}",
        nm_id=nm_id,
        chrt_id=chrt_id_of(units),
        severity="critical" if is_whole_item else "warning",
        material=str(is_whole_item),
        # Nobody orders what is not there: the demand of before fades while it is missing.
        raises=bool(units.orders_per_day),
        money_at_risk=lost(units, price[0]) if price else None,
        currency=price[1] if price else None,
        figures={
            "tech_size": tech_size_of(units),
            "out_since": units.out_since,
            "orders_per_day": units.orders_per_day,
            "incoming": units.incoming,
            "price": price[0] if price else None,
            "risk_days": RISK_DAYS,
            "is_whole_item": is_whole_item,
        },
    )


RULE = Rule(
    name="out_of_stock",
    causes=causes,
    after=frozenset({Section.STOCK}),
    bodies=frozenset({Section.STOCK, Section.MONEY}),
)
