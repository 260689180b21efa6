"""Numbers and lines as all sections of the report write them."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from servicekit.text import THIN_SPACE, UNKNOWN
from servicekit.translation import Language

from reporter.figures.exact import rounded

ENDLESS = "∞"
ABOUT = "≈"
MINUS = "−"
PRECISE_BELOW = 10


def heading(words: str) -> str:
    return f"<b>{words}</b>"


def joined(parts: Iterable[str | None], between: str = " · ") -> str:
    """The parts that say something."""
    return between.join(part for part in parts if part)


def about(value: Decimal) -> Decimal:
    """An estimate without digits that say nothing."""
    return _whole(value) if abs(value) >= PRECISE_BELOW else value


def signed(language: Language, value: Decimal, unit: str) -> str:
    """`+319 ₽`, `−4 %`, `0 %`: a real minus."""
    mark = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{mark}{language.number(abs(value))}{THIN_SPACE}{unit}"


def share(language: Language, value: Decimal | None) -> str:
    """`72 %`, without decimals; `—` when unknown."""
    return UNKNOWN if value is None else language.percent(_whole(value))


def change(language: Language, value: Decimal | None) -> str:
    """`+9 %`, without decimals; `—` when unknown."""
    return UNKNOWN if value is None else signed(language, _whole(value), "%")


def rate(language: Language, value: Decimal | None) -> str:
    """`3,4` (English: `3.4`): one decimal; `—` when unknown."""
    return UNKNOWN if value is None else language.number(rounded(value, Decimal("0.1"), ROUND_HALF_EVEN))


def pieces(language: Language, value: int | None) -> str:
    """`46`; `—` when unknown."""
    return UNKNOWN if value is None else language.number(value)


def days(language: Language, count: int) -> str:
    """`3 дня`, `1 day`."""
    return language.plural("{n} day", "{n} days", count)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length in columns: the first one to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "<pre>" + "\n".join(lines) + "</pre>"


def _whole(value: Decimal) -> Decimal:
    return rounded(value, Decimal(1), ROUND_HALF_EVEN)
