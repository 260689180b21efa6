"""How long stock lasts and what to order again. Formulas: docs/metrics.md.

Quotients are fractions until they are shown: rounded ones would ask for a piece too many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from reporter.figures.demand import Pieces
from reporter.figures.exact import decimal_of, variance

METHOD = "среднее за последние 14 дней с товаром"

SAMPLE_DAYS = 14
LOOK_BACK_DAYS = 30
"""The sample is looked for in so many whole days: what sold earlier says little of now."""

Z = Decimal("1.65")
"""95 % of a normal distribution lie below so many deviations above the mean."""

LEAD_DAYS = 14
TARGET_DAYS = 30

FURTHEST_DAYS = 3650
"""A date further away than ten years says nothing."""

TRIED_DAYS_AGO = (7, 14, 21, 28)
"""The forecasts that are compared with what came."""
TRIED_DAYS = max(TRIED_DAYS_AGO) + 2
"""So many days' ends are looked at."""


@dataclass(frozen=True)
class Daily:
    """Orders a day, by a sample of days."""

    days: int
    mean: Fraction
    variance: Fraction | None
    """Of the sample, n − 1; none: one day has none."""


def daily(orders: Pieces, usable: int, before: int = 0) -> Daily | None:
    """The newest 14 usable of the 30 whole days before the day `before` days ago; none: none is usable."""
    days = [ago for ago in range(before + 1, before + 1 + LOOK_BACK_DAYS) if usable >> ago & 1][:SAMPLE_DAYS]
    if not days:
        return None
    counts = [orders.get(ago, 0) for ago in days]
    n = len(counts)
    return Daily(n, Fraction(sum(counts), n), variance(counts, n - 1) if n > 1 else None)


def days_left(stock: int, expected: Daily | None) -> Fraction | None:
    """Days that the stock lasts; none: unknown, or endless."""
    if stock == 0:
        return Fraction()
    return None if expected is None or not expected.mean else stock / expected.mean


@dataclass(frozen=True)
class RunsOut:
    """When nothing will be left; none: not known, or further away than ten years."""

    on: date | None = None
    earliest: date | None = None
    latest: date | None = None


def runs_out(left: Fraction, expected: Daily | None, past_error: Fraction | None, today: date) -> RunsOut:
    """The day on which the last piece goes, and the interval about it.

    Half the interval is z·√(T·σ² + T²·σ²/n) / d̄ days, as orders vary from day to day and their mean is of n days only;
    never less than the mean error of earlier forecasts.
    """
    if not left:
        return RunsOut(today, today, today)
    half = [Decimal(0)] if past_error is None else [decimal_of(past_error)]
    if expected is not None and expected.variance is not None:
        in_days = (left + left**2 / expected.days) * expected.variance / expected.mean**2
        half.append(Z * decimal_of(in_days).sqrt())
    elif past_error is None:
        return RunsOut(_day(today, floor(left)))
    exact = decimal_of(left)
    return RunsOut(
        _day(today, floor(left)),
        _day(today, floor(max(exact - max(half), Decimal(0)))),
        _day(today, ceil(exact + max(half))),
    )


def _day(today: date, days: int) -> date | None:
    return today + timedelta(days) if days <= FURTHEST_DAYS else None


def reorder_point(expected: Daily | None, lead_days: int, deviation: Decimal) -> int | None:
    """d̄·L + z·√(L·σ_d² + d̄²·σ_L²), rounded up: what is left when it is time to order again."""
    if expected is None or expected.variance is None:
        return None
    until_then = lead_days * expected.variance + expected.mean**2 * Fraction(deviation) ** 2
    return ceil(decimal_of(expected.mean * lead_days) + Z * decimal_of(until_then).sqrt())


def need(expected: Daily | None, target_days: int, there: int) -> Fraction | None:
    """Pieces that are wanting for `target_days`, of what is in stock and on its way; none: unknown."""
    return None if expected is None else max(expected.mean * target_days - there, Fraction())


def shared(needs: Sequence[Fraction | None], incoming: int) -> list[Fraction | None]:
    """The needs of sizes less what is on its way of nobody knows which: each gets of it in proportion to its need."""
    wanting = sum((each for each in needs if each), Fraction())
    rest = max(1 - incoming / wanting, Fraction()) if wanting else Fraction()
    return [None if each is None else each * rest for each in needs]


def replenish(need: Fraction | None, box_units: int) -> int | None:
    """Pieces to send: the need in whole boxes."""
    return None if need is None else ceil(need / box_units) * box_units


def past_error(orders: Pieces, usable: int, left: Sequence[int]) -> Fraction | None:
    """Mean absolute error, in days, of the forecasts of 1, 2, 3 and 4 weeks ago; none: nothing came of any yet.

    `left[n]` is what was left at the end of the day n days ago; it ends where nothing is known. What came is the day on
    which as much had been ordered as there was when it was made, or on which nothing was left: a delivery meanwhile is
    no error of the forecast. One whose day has passed without either is wrong by the days since.
    """
    errors = []
    for made in TRIED_DAYS_AGO:
        expected = daily(orders, usable, made)
        if made + 1 >= len(left) or not left[made + 1] or expected is None or not expected.mean:
            continue
        # Made as a day begins: what lasts for one whole day goes on the same.
        said = ceil(left[made + 1] / expected.mean) - 1
        came = _days_until_gone(orders, left, made)
        if came is not None:
            errors.append(abs(came - said))
        elif said < made:
            errors.append(made - said)
    return Fraction(sum(errors), len(errors)) if errors else None


def _days_until_gone(orders: Pieces, left: Sequence[int], made: int) -> int | None:
    rest = left[made + 1]
    for ago in range(made, 0, -1):
        rest -= orders.get(ago, 0)
        if rest <= 0 or left[ago] == 0:
            return made - ago
    return None
