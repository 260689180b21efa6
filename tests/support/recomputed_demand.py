"""Velocity, stock and plan computed a second time: the demand of each day and what is left, item by item."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from support.recomputed import PERIODS, Books, rounded


def in_stock(books: Books, day: date, nm_id: int, chrt_id: int | None = None) -> bool | None:
    """Whether there was a piece at any time of the day; none: before the stock was first seen."""
    if day < books.stock[0][0].date():
        return None
    looks = [pieces for at, pieces in books.stock if at.date() == day]
    before = [pieces for at, pieces in books.stock if at.date() < day]
    return any(_pieces(pieces, "wb own", nm_id, chrt_id) for pieces in [*before[-1:], *looks])


def quantity_after(books: Books, day: date, sources: str, nm_id: int, chrt_id: int | None = None) -> int | None:
    """What there was when the day ended; none: never looked until then."""
    seen = [pieces for at, pieces in books.stock if at.date() <= day]
    return _pieces(seen[-1], sources, nm_id, chrt_id) if seen else None


def _pieces(pieces: dict[tuple[str, int, int], int], sources: str, nm_id: int, chrt_id: int | None) -> int:
    return sum(
        quantity
        for (source, item, size), quantity in pieces.items()
        if source in sources and item == nm_id and chrt_id in (None, size)
    )


@dataclass
class Demand:
    """Orders and sales of an item or a size by day, and the days on which it could be ordered."""

    orders: dict[date, int]
    sales: dict[date, int]
    stocked: dict[date, bool | None]
    first: date | None

    def usable(self, day: date) -> bool:
        """In stock, or ordered all the same; while the stock was unknown, since the first order."""
        known = self.stocked[day]
        if known is None:
            return self.first is not None and day >= self.first
        return known or bool(self.orders.get(day))


def demand(books: Books, nm_id: int, today: date, chrt_id: int | None = None) -> Demand:
    """Of one item, or one size of it."""
    orders: dict[date, int] = defaultdict(int)
    sales: dict[date, int] = defaultdict(int)
    for order in books.orders.values():
        if order.nm_id == nm_id and chrt_id in (None, order.chrt_id):
            orders[order.day] += 1
    for sale in books.sales.values():
        if sale.nm_id == nm_id and chrt_id in (None, sale.chrt_id) and not sale.is_return:
            sales[sale.day] += 1
    days = [today - timedelta(ago) for ago in range(200)]
    stocked = {day: in_stock(books, day, nm_id, chrt_id) for day in days}
    return Demand(dict(orders), dict(sales), stocked, min(orders, default=None))


def speed(of: Demand, today: date, days: int) -> dict[str, Any]:
    """Pieces a day over a period."""
    period = [today - timedelta(ago) for ago in range(days)]
    known = [day for day in period if of.stocked[day] is not None]
    stocked = [day for day in known if of.usable(day)]

    def corrected(pieces: dict[date, int]) -> Decimal | None:
        return rounded(Fraction(sum(pieces.get(d, 0) for d in known), len(stocked)), "0.0001") if stocked else None

    return {
        "period_days": days,
        "orders": rounded(Fraction(sum(of.orders.get(day, 0) for day in period), days), "0.0001"),
        "sales": rounded(Fraction(sum(of.sales.get(day, 0) for day in period), days), "0.0001"),
        "days_in_stock": len(stocked) if known else None,
        "orders_in_stock": corrected(of.orders),
        "sales_in_stock": corrected(of.sales),
    }


def weekly(of: Demand, today: date) -> tuple[int, Decimal | None]:
    """Whole weeks of the last twelve in which it could be ordered on every day, and how their orders vary."""
    monday = today - timedelta(today.weekday())
    weeks = []
    for week in range(1, 13):
        days = [monday - timedelta(7 * week - day) for day in range(7)]
        if all(of.usable(day) for day in days):
            weeks.append(sum(of.orders.get(day, 0) for day in days))
    if len(weeks) < 4 or not sum(weeks):
        return len(weeks), None
    mean = Fraction(sum(weeks), len(weeks))
    variance = sum(((week - mean) ** 2 for week in weeks), Fraction(0)) / len(weeks)
    return len(weeks), rounded(100 * _decimal(variance / mean**2).sqrt())


def velocity(books: Books, nm_id: int, today: date) -> dict[str, Any]:
    """Section `velocity` of one item, without its sizes."""
    whole = demand(books, nm_id, today)
    weeks, variation = weekly(whole, today)
    return {
        "periods": [speed(whole, today, days) for days in PERIODS],
        "weeks": weeks,
        "weekly_variation": variation,
    }


def forecast_base(of: Demand, today: date) -> tuple[Fraction, Fraction | None, int] | None:
    """Mean and variance of daily orders, by the newest 14 usable days of the 30 before today."""
    days = [today - timedelta(ago) for ago in range(1, 31)]
    counts = [of.orders.get(day, 0) for day in days if of.usable(day)][:14]
    if not counts:
        return None
    mean = Fraction(sum(counts), len(counts))
    squares = sum(((count - mean) ** 2 for count in counts), Fraction(0))
    return mean, squares / (len(counts) - 1) if len(counts) > 1 else None, len(counts)


@dataclass(frozen=True)
class LeadTime:
    """What the seller entered of bringing goods in again."""

    lead_days: int
    deviation: Decimal
    target_days: int
    box_units: int


def stock(books: Books, nm_id: int, sizes: list[int], lead: LeadTime, today: date) -> dict[str, Any]:
    """What section `stock` says of the whole item."""
    last = books.stock[-1][1]
    wb, own = (_pieces(last, source, nm_id, None) for source in ("wb", "own"))
    has_own = any(source == "own" and item == nm_id for (source, item, _) in last)
    whole = demand(books, nm_id, today)
    base, error = forecast_base(whole, today), past_error(books, whole, nm_id, today)
    there = wb + own
    found: dict[str, Any] = {
        "wb": wb,
        "own": own if has_own else None,
        "orders_per_day": rounded(base[0], "0.0001") if base else None,
        "days_left": None,
        "endless": False,
        "runs_out_on": None,
        "runs_out_earliest": None,
        "runs_out_latest": None,
        "reorder_point": None,
        "replenish": replenish(books, nm_id, sizes, lead, today),
    }
    if not there:
        found |= {
            "days_left": Decimal("0.00"),
            **dict.fromkeys(("runs_out_on", "runs_out_earliest", "runs_out_latest"), today),
        }
    elif base and base[0]:
        left = there / base[0]
        found["days_left"] = rounded(left)
        if left <= 3650:
            found["runs_out_on"] = today + timedelta(floor(left))
        half = _interval(left, base, error)
        if half is not None:
            exact = _decimal(left)
            found["runs_out_earliest"] = _later(today, floor(max(exact - half, Decimal(0))))
            found["runs_out_latest"] = _later(today, ceil(exact + half))
    else:
        found["endless"] = base is not None
    variance = base[1] if base else None
    if base and variance is not None:
        mean = base[0]
        until_then = lead.lead_days * variance + mean**2 * Fraction(lead.deviation) ** 2
        found["reorder_point"] = ceil(_decimal(mean * lead.lead_days) + Decimal("1.65") * _decimal(until_then).sqrt())
    return {"total": found, "past_error_days": rounded(error)}


def _interval(left: Fraction, base: tuple[Fraction, Fraction | None, int], error: Fraction | None) -> Decimal | None:
    mean, variance, days = base
    half = [] if error is None else [_decimal(error)]
    if variance is not None:
        half.append(Decimal("1.65") * _decimal((left * variance + left**2 * variance / days) / mean**2).sqrt())
    return max(half, default=None)


def _later(today: date, days: int) -> date | None:
    return today + timedelta(days) if days <= 3650 else None


def _decimal(exact: Fraction) -> Decimal:
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def replenish(books: Books, nm_id: int, sizes: list[int], lead: LeadTime, today: date) -> int | None:
    """Pieces to send now: of each size what is wanting, in whole boxes."""
    last, total, known = books.stock[-1][1], 0, False
    for chrt_id in sizes:
        base = forecast_base(demand(books, nm_id, today, chrt_id), today)
        if base is not None:
            known = True
            wanting = max(base[0] * lead.target_days - _pieces(last, "wb own", nm_id, chrt_id), Fraction(0))
            total += ceil(wanting / lead.box_units) * lead.box_units
    return total if known else None


def past_error(books: Books, whole: Demand, nm_id: int, today: date) -> Fraction | None:
    """Mean error of the forecasts that would have been made 1, 2, 3 and 4 weeks ago."""
    errors = []
    for made in (7, 14, 21, 28):
        then = today - timedelta(made)
        there = quantity_after(books, then - timedelta(1), "wb own", nm_id)
        base = forecast_base(whole, then)
        if not there or base is None or not base[0]:
            continue
        said = ceil(there / base[0]) - 1
        rest, came = there, None
        for after in range(made):
            day = then + timedelta(after)
            rest -= whole.orders.get(day, 0)
            if rest <= 0 or quantity_after(books, day, "wb own", nm_id) == 0:
                came = after
                break
        if came is not None:
            errors.append(abs(came - said))
        elif said < made:
            errors.append(made - said)
    return Fraction(sum(errors), len(errors)) if errors else None


def plan(books: Books, nm_id: int, orders: int, orders_sum: Decimal, today: date) -> dict[str, Any]:
    """Section `plan` of this month."""
    first = today.replace(day=1)
    days_of_month = [first + timedelta(n) for n in range(31) if (first + timedelta(n)).month == first.month]
    mine = [o for o in books.orders.values() if nm_id in (0, o.nm_id)]
    inside = [o for o in mine if first <= o.day <= today]
    began = min((o.day for o in mine), default=today)
    weeks = min(8, (today - began).days // 7)
    weights = [0] * 7
    for order in mine:
        if 1 <= (today - order.day).days <= 7 * weeks:
            weights[order.day.weekday()] += 1
    if weeks < 2 or sum(weights) < 56:
        weights = [1] * 7
    passed = sum(weights[day.weekday()] for day in days_of_month if day < today)
    whole = sum(weights[day.weekday()] for day in days_of_month)
    money_in = sum((o.price for o in inside if o.price is not None), Decimal(0))
    before = sum((o.price for o in inside if o.price is not None and o.day < today), Decimal(0))
    expected = Fraction(passed, whole)
    return {
        "month": first,
        "plan_orders": orders,
        "plan_sum": rounded(orders_sum),
        "orders": len(inside),
        "orders_sum": rounded(money_in),
        "expected_share": rounded(100 * expected),
        "done_orders": rounded(Fraction(100 * len(inside), orders)),
        "done_sum": rounded(Fraction(100 * money_in) / Fraction(orders_sum)),
        "on_course_sum": rounded(100 * Fraction(before) / (Fraction(orders_sum) * expected)) if passed else None,
    }
