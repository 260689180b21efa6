"""Quotients as people are shown them: exact, then rounded once, half up. Of nothing there is no share: null."""

from decimal import Decimal

from reporter.figures.exact import rounded

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """The amount with two decimals."""
    return rounded(amount, CENT)


def cents_if_known(amount: Decimal | None) -> Decimal | None:
    """The amount with two decimals, if it is known."""
    return None if amount is None else cents(amount)


def per(total: Decimal | None, count: Decimal | int | None) -> Decimal | None:
    """What comes to each, with two decimals; null if either is unknown, or nothing is counted."""
    return None if total is None or not count else cents(total / Decimal(count))


def percent(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """The part of the whole in %, with two decimals; null if either is unknown, or the whole is 0."""
    return None if part is None or not whole else cents(Decimal(part) * 100 / Decimal(whole))
