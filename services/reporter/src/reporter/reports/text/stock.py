"""What is left, how long it lasts, what to send."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR

from contracts.items import WarehouseUnits
from contracts.order_report import ReportedStock
from servicekit.text import UNKNOWN, Name, number, plural

from reporter.reports.text.words import ABOUT, DAYS, ENDLESS, day, heading, joined, pieces

SIZE_UNITS = 20
NAME_UNITS = 40
ALL_SIZES = 8
FEWEST_SIZES = 5
"""Of more than `ALL_SIZES` those of which the fewest are left."""
WAREHOUSES = 3


def stock_lines(stocks: Sequence[ReportedStock], short: Name) -> Iterator[str]:
    yield f"📦 {heading('Остатки')}"
    if not stocks:
        yield UNKNOWN
        return
    total, *sizes = stocks
    if sizes:
        yield joined([*(_size(size, short) for size in _shown(sizes)), _more(sizes)])
    places = _places(total.warehouses, short)
    yield f"WB {pieces(total.wb)}{places} · свой склад {pieces(total.own)}"
    moving = joined(
        (
            f"Едет к покупателям {number(total.to_client)}" if total.to_client else None,
            f"возвращается {number(total.from_client)}" if total.from_client else None,
            f"в поставке {number(total.incoming)}" if total.incoming else None,
        )
    )
    if moving:
        yield moving
    yield f"Хватит: {_lasts(total)}"
    restock = [f"{_name(size, short)} {number(size.restock)}" for size in _shown(sizes) if size.restock]
    if restock or total.restock:
        kept = f" (запас {plural(total.target_days, DAYS)})" if total.target_days else ""
        yield f"Пополнить: {', '.join(restock) or number(total.restock or 0)}{kept}"


def _shown(sizes: Sequence[ReportedStock]) -> Sequence[ReportedStock]:
    if len(sizes) <= ALL_SIZES:
        return sizes
    fewest = sorted(range(len(sizes)), key=lambda place: (sizes[place].wb or 0) + (sizes[place].own or 0))
    return [sizes[place] for place in sorted(fewest[:FEWEST_SIZES])]


def _more(sizes: Sequence[ReportedStock]) -> str:
    hidden = len(sizes) - len(_shown(sizes))
    return f"ещё {hidden}" if hidden else ""


def _name(size: ReportedStock, short: Name) -> str:
    return short(size.size, SIZE_UNITS) or UNKNOWN


def _size(size: ReportedStock, short: Name) -> str:
    if size.out_since:
        return f"{_name(size, short)} ⛔ нет с {day(size.out_since)}"
    known = [left for left in (size.wb, size.own) if left is not None]
    days = "" if size.days is None else f" ({ABOUT} {_days(size)})"
    return f"{_name(size, short)} {pieces(sum(known) if known else None)}{days}"


def _places(warehouses: Sequence[WarehouseUnits], short: Name) -> str:
    theirs = [place for place in warehouses if not place.is_own][:WAREHOUSES]
    named = ", ".join(f"{short(place.name, NAME_UNITS)} {number(place.quantity)}" for place in theirs)
    return f" ({named})" if named else ""


def _lasts(total: ReportedStock) -> str:
    if total.out_since:
        return f"⛔ нет с {day(total.out_since)}"
    if total.endless:
        return f"{ENDLESS} (заказов нет)"
    if total.days is None:
        return UNKNOWN
    until = f" (до {day(total.runs_out_on)})" if total.runs_out_on else ""
    return f"{ABOUT} {_days(total)}{until}"


def _days(stock: ReportedStock) -> str:
    assert stock.days is not None  # noqa: S101  # asked by who calls
    return plural(int(stock.days.to_integral_value(ROUND_FLOOR)), DAYS)
