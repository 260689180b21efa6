"""Exact quotients as decimals, rounded once."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")
_RATE = Decimal("0.0001")
_OF_ANY_SIZE = Context(prec=200)
"""`quantize` refuses what has more digits than its context, which are 28 if nothing is said."""


def rounded(number: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The number in steps of so much, however large it is."""
    return number.quantize(step, rounding, _OF_ANY_SIZE)


def variance(counts: Sequence[int], degrees_of_freedom: int) -> Fraction:
    """Σ(x − x̄)² by the degrees of freedom: n of a whole, n − 1 of a sample."""
    total, n = sum(counts), len(counts)
    return Fraction(n * sum(count * count for count in counts) - total * total, n * degrees_of_freedom)


def decimal_of(exact: Fraction) -> Decimal:
    """With 28 digits."""
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def hundredths(exact: Fraction) -> Decimal:
    """With two decimals, as shares and days are shown."""
    return rounded(decimal_of(exact), _CENT)


def rate(exact: Fraction) -> Decimal:
    """With four decimals, as pieces a day are shown."""
    return rounded(decimal_of(exact), _RATE)
