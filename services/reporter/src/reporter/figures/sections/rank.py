"""Where items stand in their cabinet: ABC by revenue and by profit, XYZ by how evenly they are ordered.

Formulas: docs/metrics.md. Counted for all items of a cabinet at once, from figures that were counted before.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Rank, Section
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.exact import hundredths

SECTION = Section.RANK

PERIOD_DAYS = 30

A_PERCENT = 80
B_PERCENT = 95
X_PERCENT = 10
Y_PERCENT = 25

_READ = text(f"""
SELECT sold.nm_id, sold.currency, sold.sales - sold.returns AS units, sold.sales_sum - sold.returns_sum AS revenue,
    CAST(coalesce(money.body -> 'fact' ->> 'profit', money.body -> 'estimate' ->> 'profit') AS numeric) AS profit,
    CAST(velocity.body ->> 'weeks' AS integer) AS weeks,
    CAST(velocity.body ->> 'weekly_variation' AS numeric) AS weekly_variation
FROM analytics_cache AS sold
LEFT JOIN item_figures AS money ON money.cabinet_id = :cabinet_id AND money.nm_id = sold.nm_id
    AND money.section = '{Section.MONEY}' AND money.currency = sold.currency
LEFT JOIN item_figures AS velocity ON velocity.cabinet_id = :cabinet_id AND velocity.nm_id = sold.nm_id
    AND velocity.section = '{Section.VELOCITY}'
WHERE sold.cabinet_id = :cabinet_id AND sold.period_days = {PERIOD_DAYS} AND sold.nm_id <> {WHOLE_CABINET}
""")

Letter = Literal["A", "B", "C"]


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Rank]:
    """The section of every item, if the cabinet's (0) is asked for; one statement."""
    if WHOLE_CABINET not in nm_ids:
        return {}
    by_currency: dict[str, dict[int, Standing]] = defaultdict(dict)
    for row in await connection.execute(_READ, {"cabinet_id": cabinet_id}):
        profit = None if row.profit is None else row.profit * row.units
        by_currency[row.currency][row.nm_id] = Standing(row.revenue, profit, row.weeks or 0, row.weekly_variation)
    return {
        (nm_id, currency): rank
        for currency, items in sorted(by_currency.items())
        for nm_id, rank in ranks(items).items()
    }


@dataclass(frozen=True)
class Standing:
    """What an item is ranked by."""

    revenue: Decimal
    """Of 30 days, less what was given back."""
    profit: Decimal | None
    """Of the pieces of that revenue; none: unknown."""
    weeks: int = 0
    weekly_variation: Decimal | None = None


def ranks(items: Mapping[int, Standing]) -> dict[int, Rank]:
    """The ranks of items of one currency."""
    by_revenue = letters({nm_id: item.revenue for nm_id, item in items.items()})
    by_profit = letters({nm_id: item.profit for nm_id, item in items.items() if item.profit is not None})
    earned = {nm_id: Fraction(max(item.revenue, Decimal(0))) for nm_id, item in items.items()}
    whole = sum(earned.values(), Fraction())
    return {
        nm_id: Rank(
            abc_revenue=by_revenue.get(nm_id),
            abc_profit=by_profit.get(nm_id),
            revenue_share=hundredths(100 * earned[nm_id] / whole) if whole else None,
            xyz=steadiness(item.weekly_variation),
            weekly_variation=item.weekly_variation,
            weeks=item.weeks,
        )
        for nm_id, item in sorted(items.items())
    }


def letters(bases: Mapping[int, Decimal]) -> dict[int, Letter]:
    """ABC: the largest that make up 80 % are A, up to 95 % B, the rest C; the item that crosses a bound is above it.

    What has brought nothing, or a loss, is C and no part of the whole; none has a letter if all are so.
    """
    whole = sum((max(base, Decimal(0)) for base in bases.values()), Decimal(0))
    if not whole:
        return {}
    found: dict[int, Letter] = {}
    before = Decimal(0)
    for nm_id, base in sorted(bases.items(), key=lambda each: (-each[1], each[0])):
        if base <= 0 or before * 100 >= B_PERCENT * whole:
            found[nm_id] = "C"
        else:
            found[nm_id] = "A" if before * 100 < A_PERCENT * whole else "B"
        before += base
    return found


def steadiness(weekly_variation: Decimal | None) -> Literal["X", "Y", "Z"] | None:
    """XYZ: up to 10 % X, up to 25 % Y, above Z."""
    if weekly_variation is None:
        return None
    return "X" if weekly_variation <= X_PERCENT else "Y" if weekly_variation <= Y_PERCENT else "Z"
