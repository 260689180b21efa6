"""What is left, how long it lasts, what to send."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_FLOOR

from contracts.items import WarehouseUnits
from contracts.order_report import ReportedStock
from servicekit.text import UNKNOWN, Name
from servicekit.translation import Language

from reporter.reports.text.words import ABOUT, ENDLESS, days, heading, joined, pieces

SIZE_UNITS = 20
NAME_UNITS = 40
ALL_SIZES = 8
FEWEST_SIZES = 5
"""Of more than `ALL_SIZES` those of which the fewest are left."""
WAREHOUSES = 3


def stock_lines(language: Language, stocks: Sequence[ReportedStock], short: Name) -> Iterator[str]:
    yield f"📦 {heading(language.text('Stock'))}"
    if not stocks:
        yield UNKNOWN
        return
    text, number = language.text, language.number
    total, *sizes = stocks
    if any(_name(size, short) not in ("0", UNKNOWN) for size in sizes):
        yield joined([*(_size(language, size, short) for size in _shown(sizes)), _more(language, sizes)])
    places = _places(language, total.warehouses, short)
    wb, own = pieces(language, total.wb), pieces(language, total.own)
    yield text("WB {wb}{places} · own warehouse {own}", wb=wb, places=places, own=own)
    moving = joined(
        (
            text("On its way to buyers {count}", count=number(total.to_client)) if total.to_client else None,
            text("coming back {count}", count=number(total.from_client)) if total.from_client else None,
            text("in supplies {count}", count=number(total.incoming)) if total.incoming else None,
        )
    )
    if moving:
        yield moving
    yield text("Lasts: {long}", long=_lasts(language, total))
    restock = [f"{_name(size, short)} — {number(size.restock)}" for size in _shown(sizes) if size.restock]
    if restock or total.restock:
        kept = text(" (for {days})", days=days(language, total.target_days)) if total.target_days else ""
        yield text("To send: {pieces}", pieces=", ".join(restock) or number(total.restock or 0)) + kept


def _shown(sizes: Sequence[ReportedStock]) -> Sequence[ReportedStock]:
    if len(sizes) <= ALL_SIZES:
        return sizes
    fewest = sorted(range(len(sizes)), key=lambda place: (sizes[place].wb or 0) + (sizes[place].own or 0))
    return [sizes[place] for place in sorted(fewest[:FEWEST_SIZES])]


def _more(language: Language, sizes: Sequence[ReportedStock]) -> str:
    hidden = len(sizes) - len(_shown(sizes))
    return language.text("{count} more", count=hidden) if hidden else ""


def _name(size: ReportedStock, short: Name) -> str:
    return short(size.size, SIZE_UNITS) or UNKNOWN


def _size(language: Language, size: ReportedStock, short: Name) -> str:
    if size.out_since:
        return f"{_name(size, short)}: {_out(language, size.out_since)}"
    known = [left for left in (size.wb, size.own) if left is not None]
    left = "" if size.days is None else f" ({ABOUT} {_days(language, size)})"
    return f"{_name(size, short)}: {pieces(language, sum(known) if known else None)}{left}"


def _places(language: Language, warehouses: Sequence[WarehouseUnits], short: Name) -> str:
    theirs = [place for place in warehouses if not place.is_own][:WAREHOUSES]
    named = ", ".join(f"{short(place.name, NAME_UNITS)} {language.number(place.quantity)}" for place in theirs)
    return f" ({named})" if named else ""


def _lasts(language: Language, total: ReportedStock) -> str:
    if total.out_since:
        return _out(language, total.out_since)
    if total.endless:
        return f"{ENDLESS} " + language.text("(no orders)")
    if total.days is None:
        return UNKNOWN
    until = language.text(" (until {day})", day=language.day(total.runs_out_on)) if total.runs_out_on else ""
    return f"{ABOUT} {_days(language, total)}{until}"


def _out(language: Language, since: date) -> str:
    return language.text("⛔ none since {day}", day=language.day(since))


def _days(language: Language, stock: ReportedStock) -> str:
    assert stock.days is not None  # noqa: S101  # asked by who calls
    return days(language, int(stock.days.to_integral_value(ROUND_FLOOR)))
