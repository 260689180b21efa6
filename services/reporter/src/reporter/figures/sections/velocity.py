"""How fast an item and its sizes are ordered and bought. Formulas: docs/metrics.md."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from contracts.analytics import PERIODS_DAYS
from contracts.items import Section, SizeSpeed, Speed, Velocity
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import demand
from reporter.figures.demand import Demand, ItemDemand, Pieces, total
from reporter.figures.exact import decimal_of, rate, rounded, variance
from reporter.figures.pacing import in_turns
from reporter.figures.stock_days import bits

SECTION = Section.VELOCITY

SIZE_PERIODS_DAYS = (14, 30)

WEEKS = 12
"""Whole weeks before this one."""
FEWEST_WEEKS = 4


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Velocity]:
    """The section of each item that was ordered, bought or in stock; four statements."""
    found = await demand.read(connection, cabinet_id, nm_ids, today)
    known = {nm_id: item for nm_id, item in found.items() if is_known(item.whole)}
    return {(nm_id, ""): velocity(item, today) async for nm_id, item in in_turns(known.items())}


def is_known(item: Demand) -> bool:
    """Whether there is anything to say of it."""
    return item.first_ago is not None or item.stock.known != 0


def velocity(item: ItemDemand, today: date) -> Velocity:
    """The whole section of one item."""
    weekly = weekly_orders(item.whole.orders, item.whole.usable, today)
    return Velocity(
        periods=tuple(Speed(**speed(item.whole, days)) for days in PERIODS_DAYS),
        sizes=tuple(
            SizeSpeed(chrt_id=chrt_id, **speed(size, days))
            for chrt_id, size in item.sizes.items()
            for days in SIZE_PERIODS_DAYS
        ),
        weeks=len(weekly),
        weekly_variation=variation(weekly),
    )


def speed(of: Demand, period_days: int) -> dict[str, Any]:
    """Pieces a day over a period that ends today; corrected: of the days with known stock, per day in stock."""
    period = bits(0, period_days - 1)
    known, in_stock = of.stock.known & period, (of.in_stock & period).bit_count()

    def corrected(pieces: Pieces) -> Decimal | None:
        return rate(Fraction(total(pieces, known), in_stock)) if in_stock else None

    return {
        "period_days": period_days,
        "orders": rate(Fraction(total(of.orders, period), period_days)),
        "sales": rate(Fraction(total(of.sales, period), period_days)),
        "days_in_stock": in_stock if known else None,
        "orders_in_stock": corrected(of.orders),
        "sales_in_stock": corrected(of.sales),
    }


def weekly_orders(orders: Pieces, usable: int, today: date) -> list[int]:
    """Orders of the last 12 whole weeks, Monday to Sunday, the newest first; without those not in stock throughout."""
    mondays = [today.weekday() + 7 * week for week in range(1, WEEKS + 1)]
    weeks = [bits(monday - 6, monday) for monday in mondays]
    return [total(orders, week) for week in weeks if usable & week == week]


def variation(weekly: Sequence[int]) -> Decimal | None:
    """Standard deviation of weekly orders in % of their mean; none: fewer than 4 weeks, or no order."""
    if len(weekly) < FEWEST_WEEKS or not any(weekly):
        return None
    relative = variance(weekly, len(weekly)) / Fraction(sum(weekly), len(weekly)) ** 2
    return rounded(100 * decimal_of(relative).sqrt(), Decimal("0.01"))
