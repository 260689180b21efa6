"""Sizes of an item that end within days; one alert an item."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section, Units

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import (
    RISK_DAYS,
    RUNNING_OUT_CRITICAL_DAYS,
    RUNNING_OUT_DAYS,
    RUNNING_OUT_KEPT_DAYS,
)
from reporter.alerts.units import chrt_id_of, left, lost, sizes_of, tech_size_of


def causes(seen: Seen) -> Iterator[Cause]:
    for nm_id in seen.nm_ids:
        stock = seen.stock(nm_id)
        if nm_id == WHOLE_CABINET or stock is None:
            continue
        ending = [
            (units.days_left, units)
            for units in sizes_of(stock)
            if left(units) and units.days_left is not None and units.days_left <= RUNNING_OUT_KEPT_DAYS
        ]
        if ending:
            yield _cause(seen, nm_id, sorted(ending, key=lambda each: (each[0], chrt_id_of(each[1]) or 0)))


def _cause(seen: Seen, nm_id: int, ending: list[tuple[Decimal, Units]]) -> Cause:
    days_left, first = ending[0]
    is_critical = days_left <= RUNNING_OUT_CRITICAL_DAYS
    price = seen.price(nm_id)
    return Cause(
        subject=str(nm_id),
        nm_id=nm_id,
        severity="critical" if is_critical else "warning",
        material=f"{is_critical} {sorted(chrt_id_of(units) or 0 for _, units in ending)}",
        raises=days_left <= RUNNING_OUT_DAYS,
        money_at_risk=sum((lost(units, price[0]) for _, units in ending), Decimal(0)) if price else None,
        currency=price[1] if price else None,
        figures={
            "days_left": days_left,
            "runs_out_on": first.runs_out_on,
            "price": price[0] if price else None,
            "risk_days": RISK_DAYS,
            "sizes": [
                {
                    "chrt_id": chrt_id_of(units),
                    "tech_size": tech_size_of(units),
                    "left": left(units),
                    "orders_per_day": units.orders_per_day,
                    "days_left": days,
                    "incoming": units.incoming,
                }
                for days, units in ending
            ],
        },
    )


RULE = Rule(
    name="running_out",
    causes=causes,
    after=frozenset({Section.STOCK}),
    bodies=frozenset({Section.STOCK, Section.MONEY}),
)
