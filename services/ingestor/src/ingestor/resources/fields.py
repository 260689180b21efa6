"""Kinds of values that WB's rows hold, bounded so that a table can keep them."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

import msgspec

from ingestor.resources.resource import BrokenRow

_INT64 = 2**63 - 1
_INT32 = 2**31 - 1
_KOPECK = Decimal("0.01")
_MONEY_LIMIT = Decimal(10) ** 13
_FIGURE = re.compile(r"-?[0-9]+([.,][0-9]+)?")

Id = Annotated[int, msgspec.Meta(ge=-_INT64, le=_INT64)]
"""A number of WB's; pseudo-warehouses have negative ones."""

NmId = Annotated[int, msgspec.Meta(ge=1, le=_INT64)]
Int = Annotated[int, msgspec.Meta(ge=-_INT32 - 1, le=_INT32)]
Units = Annotated[int, msgspec.Meta(ge=0, le=_INT32)]

KeyText = Annotated[str, msgspec.Meta(max_length=200)]
"""A text that tells rows apart. PostgreSQL indexes 2.7 kB at most: three of them, at four bytes a character."""

Handle = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*$")]
"""A text that is kept as it is to be sent back to WB; PostgreSQL cannot keep NUL."""


def text_or_none(value: str | None) -> str | None:
    """WB's text, none for nothing."""
    return value or None


def number(value: Decimal | None, step: Decimal = _KOPECK) -> Decimal | None:
    """A number with two places, as `Numeric(18, 2)` keeps it, or with those of `step`, four at most.

    Raises:
        BrokenRow: it is not finite, or too large.
    """
    if value is None:
        return None
    if not -_MONEY_LIMIT < value < _MONEY_LIMIT:
        raise BrokenRow("a number is out of all bounds")
    return value.quantize(step, ROUND_HALF_UP)


def money(value: Decimal | None) -> Decimal | None:
    """As `number`; 0 is what WB writes for money it does not know yet."""
    return number(value) or None


def hundredths(value: Decimal | int | None) -> Decimal | None:
    """Money that WB gives in hundredths of a currency, in whole units of it.

    Raises:
        BrokenRow: it is not finite, or too large.
    """
    return None if value is None else number(Decimal(value).scaleb(-2))


def figure(text: str | None) -> Decimal | None:
    """A number that WB writes for people, "1 039,5", with four places; none for "-" and for nothing.

    Raises:
        BrokenRow: it is no number, or too large.
    """
    compact = "".join((text or "").split())
    if compact in {"", "-"}:
        return None
    if not _FIGURE.fullmatch(compact):
        raise BrokenRow(f"{text!r} is no number")
    return number(Decimal(compact.replace(",", ".")), Decimal("0.0001"))
