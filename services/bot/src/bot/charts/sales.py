"""Orders and sales by day, and the orders of as many days before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matplotlib.artist import Artist

from bot.charts import canvas
from bot.charts.canvas import Words


@dataclass(frozen=True)
class Day:
    """What was ordered and sold on a day, in one currency. None: not counted."""

    day: date
    orders_sum: Decimal
    sales_sum: Decimal | None


@dataclass(frozen=True)
class Sales:
    """Days in their order without a gap, and what was ordered on as many before (None or nothing: unknown)."""

    days: Sequence[Day]
    before: Sequence[Decimal | None]
    currency: str


def draw(sales: Sales, words: Words, *, title: str, note: str) -> bytes:
    """A PNG."""
    if not any(day.orders_sum or day.sales_sum for day in sales.days):
        return canvas.said(title, note, words.text("Nothing was ordered in this period"))
    figure, axes = canvas.blank(title, note)
    at = range(len(sales.days))
    canvas.bars(axes, [float(day.orders_sum) for day in sales.days], [canvas.ORDERS] * len(sales.days))
    handles: list[Artist] = [canvas.patch(canvas.ORDERS)]
    labels = [words.text("Orders, {currency}", currency=sales.currency)]
    counted = [float("nan") if day.sales_sum is None else float(day.sales_sum) for day in sales.days]
    handles += axes.plot(at, counted, color=canvas.SALES, linewidth=2, marker="o", markersize=3)
    labels.append(words.text("Sales, {currency}", currency=sales.currency))
    if sales.before:
        before = [float("nan") if sum_ is None else float(sum_) for sum_ in sales.before[: len(sales.days)]]
        handles += axes.plot(range(len(before)), before, color=canvas.BEFORE, linewidth=1.4, linestyle="--")
        labels.append(words.text("Orders of the period before"))
    canvas.amounts(axes, words)
    canvas.days(axes, [words.day(day.day) for day in sales.days])
    canvas.legend(axes, handles, labels)
    return canvas.png(figure)
