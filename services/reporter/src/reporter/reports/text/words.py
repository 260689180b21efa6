"""Numbers and lines as all sections of the report write them."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from servicekit.text import THIN_SPACE, UNKNOWN, number

from reporter.figures.exact import rounded

ENDLESS = "∞"
ABOUT = "≈"
MINUS = "−"
PRECISE_BELOW = 10
DAYS = ("день", "дня", "дней")


def heading(words: str) -> str:
    return f"<b>{words}</b>"


def joined(parts: Iterable[str | None], between: str = " · ") -> str:
    """The parts that say something."""
    return between.join(part for part in parts if part)


def about(value: Decimal) -> Decimal:
    """An estimate without digits that say nothing."""
    return _whole(value) if abs(value) >= PRECISE_BELOW else value


def signed(value: Decimal, unit: str) -> str:
    """`+319 ₽`, `−4 %`, `0 %`: a real minus."""
    mark = "+" if value > 0 else MINUS if value < 0 else ""
    return f"{mark}{number(abs(value))}{THIN_SPACE}{unit}"


def share(value: Decimal | None) -> str:
    """`72 %`, without decimals; `—` when unknown."""
    return UNKNOWN if value is None else f"{number(_whole(value))}{THIN_SPACE}%"


def change(value: Decimal | None) -> str:
    """`+9 %`, without decimals; `—` when unknown."""
    return UNKNOWN if value is None else signed(_whole(value), "%")


def rate(value: Decimal | None) -> str:
    """`3,4`: one decimal; `—` when unknown."""
    return UNKNOWN if value is None else number(rounded(value, Decimal("0.1"), ROUND_HALF_EVEN))


def pieces(value: int | None) -> str:
    """`46`; `—` when unknown."""
    return UNKNOWN if value is None else number(value)


def day(of: date) -> str:
    """`03.12`."""
    return f"{of:%d.%m}"


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
