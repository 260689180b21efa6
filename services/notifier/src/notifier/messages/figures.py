"""Figures as all messages write them: estimates without digits that say nothing, real minus signs, pieces."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from servicekit.text import THIN_SPACE, UNKNOWN
from servicekit.translation import Language

ENDLESS = "∞"
MINUS = "−"
PRECISE_BELOW = 10

_WHOLE = Decimal(1)
_TENTH = Decimal("0.1")
_OF_ANY_SIZE = Context(prec=200)


def rounded(value: Decimal) -> Decimal:
    """An estimate without digits that say nothing: whole from 10 on."""
    return value.quantize(_WHOLE, ROUND_HALF_EVEN, _OF_ANY_SIZE) if abs(value) >= PRECISE_BELOW else value


def about_money(value: Decimal, currency: str | None, language: Language) -> str:
    """`366 ₽`, of an estimate."""
    return language.money(rounded(value), currency)


def signed_money(value: Decimal, currency: str | None, language: Language) -> str:
    """`+319 ₽`, `−12 ₽`, `0 ₽`."""
    return f"{_mark(value)}{language.money(abs(value), currency)}"


def signed_number(value: Decimal | int, language: Language) -> str:
    """`+8`, `−2`, `0`."""
    return f"{_mark(value)}{language.number(value if value >= 0 else -value)}"


def change(value: Decimal | None, language: Language) -> str:
    """`+9 %`, without decimals; `—` when unknown."""
    if value is None:
        return UNKNOWN
    whole = value.quantize(_WHOLE, ROUND_HALF_EVEN, _OF_ANY_SIZE)
    return f"{_mark(whole)}{language.number(abs(whole))}{THIN_SPACE}%"


def share(value: Decimal | None, language: Language) -> str:
    """`72 %`, without decimals; `—` when unknown."""
    return language.percent(None if value is None else value.quantize(_WHOLE, ROUND_HALF_EVEN, _OF_ANY_SIZE))


def share_of(part: int, whole: int, language: Language) -> str:
    """`7 %`: one number of another; `—` of nothing."""
    return share(Decimal(part) * 100 / whole if whole else None, language)


def rate(value: Decimal | None, language: Language) -> str:
    """`3,4`: one decimal; `—` when unknown."""
    return UNKNOWN if value is None else language.number(value.quantize(_TENTH, ROUND_HALF_EVEN, _OF_ANY_SIZE))


def pieces(count: int, language: Language) -> str:
    """`46 шт`."""
    return language.plural("{n} pc", "{n} pcs", count)


def days(value: Decimal, language: Language) -> str:
    """`13 дней`; less than one is `меньше дня`."""
    whole = int(value.quantize(_WHOLE, ROUND_HALF_EVEN, _OF_ANY_SIZE))
    return language.plural("{n} day", "{n} days", whole) if whole else language.text("less than a day")


def _mark(value: Decimal | int) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""
