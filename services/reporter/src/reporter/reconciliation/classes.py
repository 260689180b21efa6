"""What explains a difference; classes are tried in the order in which they stand here."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Final, Literal

from reporter.figures.exact import rounded

Against = Literal["funnel", "finance"]


class Class(StrEnum):
    """Why theirs is not ours."""

    CURRENCY = "currency"
    """The same pieces, in another currency there."""
    UNPAID_OR_INSTALMENT = "unpaid_or_instalment"
    """`supplier/orders` and `supplier/sales` leave out, or give late, what is paid later or in parts."""
    NOT_YET_REFRESHED = "not_yet_refreshed"
    """Wildberries adds to such a day for some time yet."""
    BOOKED_ON_ANOTHER_DAY = "booked_on_another_day"
    ROUNDING = "rounding"
    SIMPLIFIED_AMOUNT = "simplified_amount"
    """Amounts of `supplier/orders` and `supplier/sales` are preliminary."""
    UNKNOWN = "unknown"


ROUNDING: Final = Decimal(1)
"""Of a unit of the currency a piece: the funnel has whole roubles, and finance rounds each part of an amount."""
SIMPLIFIED_PERCENT: Final = {"funnel": Decimal(10), "finance": Decimal(20)}
"""Of the amount. The club's discount, which the funnel leaves out, is up to a tenth; what is withheld for paying out
and acquiring, which `supplier/sales` does not know yet, up to a fifth. What differs by more is worth a look."""


@dataclass(frozen=True, kw_only=True, order=True)
class Part:
    """A part of a difference, theirs less those by API, and what explains it."""

    nm_id: int
    day: date
    against: Against
    currency: str
    by: Class
    pieces: int
    amount: Decimal


def of_amount(amount: Decimal, *, against: Against, pieces: int, whole: Decimal, unpriced: bool) -> Class:
    """What explains that so many pieces on both sides differ by `amount` of the `whole`."""
    if abs(amount) <= ROUNDING * pieces:
        return Class.ROUNDING
    if unpriced or abs(amount) * 100 <= SIMPLIFIED_PERCENT[against] * abs(whole):
        return Class.SIMPLIFIED_AMOUNT
    return Class.UNKNOWN


def share_of(amount: Decimal, pieces: int, of: int) -> Decimal:
    """What falls on `pieces` of an amount of `of` of them; all of it on all of them."""
    return amount if pieces == of else rounded(amount * pieces / of, Decimal("0.01"), ROUND_HALF_EVEN)
