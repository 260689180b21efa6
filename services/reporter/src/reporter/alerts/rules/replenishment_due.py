"""Sizes of an item that end before what is sent now could be sold, and of which more is needed; one alert an item."""

from collections.abc import Iterator
from decimal import Decimal

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section, Stock, Units

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import REPLENISHMENT_KEPT_DAYS, REPLENISHMENT_RESERVE_DAYS
from reporter.alerts.units import chrt_id_of, left, sizes_of, tech_size_of


def causes(seen: Seen) -> Iterator[Cause]:
    for nm_id in seen.nm_ids:
        stock = seen.stock(nm_id)
        if nm_id == WHOLE_CABINET or stock is None:
            continue
        needed = [units for units in sizes_of(stock) if units.replenish]
        days_left = min((units.days_left for units in needed if units.days_left is not None), default=None)
        if days_left is not None and days_left <= stock.lead_days + REPLENISHMENT_KEPT_DAYS:
            yield _cause(nm_id, stock, needed, days_left)


def _cause(nm_id: int, stock: Stock, needed: list[Units], days_left: Decimal) -> Cause:
    is_late = days_left < stock.lead_days
    return Cause(
        subject=str(nm_id),
        nm_id=nm_id,
        severity="warning" if is_late else "info",
        raises=days_left <= stock.lead_days + REPLENISHMENT_RESERVE_DAYS,
        figures={
            "replenish": sum(units.replenish or 0 for units in needed),
            "days_left": days_left,
            "lead_days": stock.lead_days,
            "target_days": stock.target_days,
            "sizes": [
                {
                    "chrt_id": chrt_id_of(units),
                    "tech_size": tech_size_of(units),
                    "replenish": units.replenish,
                    "left": left(units),
                    "days_left": units.days_left,
                    "incoming": units.incoming,
                }
                for units in needed
            ],
        },
    )


RULE = Rule(
    name="replenishment_due",
    causes=causes,
    after=frozenset({Section.STOCK}),
    bodies=frozenset({Section.STOCK}),
)
