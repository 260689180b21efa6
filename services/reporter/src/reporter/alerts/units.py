"""Pieces of an item by size, as alerts about stock look at them."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

from contracts.items import SizeUnits, Stock, Units

from reporter.alerts.thresholds import RISK_DAYS
from reporter.figures.exact import rounded

_CENT = Decimal("0.01")


def sizes_of(stock: Stock) -> Iterable[Units]:
    """Its sizes; of an item without any, the item."""
    return stock.sizes or (stock.total,)


def left(units: Units) -> int | None:
    """Pieces that can be sold, at WB's and the seller's own warehouses; none: unknown."""
    return None if units.wb is None else units.wb + (units.own or 0)


def chrt_id_of(units: Units) -> int | None:
    return units.chrt_id if isinstance(units, SizeUnits) else None


def tech_size_of(units: Units) -> str | None:
    return units.tech_size if isinstance(units, SizeUnits) else None


def lost(units: Units, price: Decimal) -> Decimal:
    """What is not ordered within `RISK_DAYS` if nothing comes: days without stock × orders a day × price."""
    days = max(Decimal(0), RISK_DAYS - (units.days_left or Decimal(0)))
    return rounded(days * (units.orders_per_day or 0) * price, _CENT, ROUND_HALF_EVEN)
