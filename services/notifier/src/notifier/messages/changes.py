"""What changed in an order, in words: only what a seller acts on."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.orders import ChangedOrder
from servicekit.text import UNKNOWN, money, name, percent

VALUE_UNITS = 40

MONEY = {
    "price_with_disc": "цена продавца",
    "finished_price": "цена покупателя",
    "total_price": "цена до скидки",
}
PERCENT = {"spp": "СПП"}
WORDS = {"warehouse_name": "склад", "region_name": "регион"}


def changed_lines(order: ChangedOrder) -> Iterator[str]:
    """A line for each field that has a name here and reads otherwise than before, earlier value first.

    Many changes have none: a status, or a field that nobody acts on.
    """
    if order.previous.get("is_cancel") is True and not order.is_cancel:
        yield "✏️ отмена снята"
    for words, before, after in _shown(order):
        if before != after:
            yield f"✏️ {words}: {before} → {after}"


def _shown(order: ChangedOrder) -> Iterator[tuple[str, str, str]]:
    previous = order.previous
    for field, words in MONEY.items():
        if field in previous:
            before = money(_decimal(previous[field]), previous.get("currency") or order.currency)
            yield words, before, money(getattr(order, field), order.currency)
    for field, words in PERCENT.items():
        if field in previous:
            yield words, _percent(_decimal(previous[field])), _percent(getattr(order, field))
    for field, words in WORDS.items():
        if field in previous:
            yield words, _word(previous[field]), _word(getattr(order, field))


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # An absurd number would only make the line long.
    return number if number.is_finite() and abs(number) < 10**14 else None


def _percent(value: Decimal | None) -> str:
    return UNKNOWN if value is None else percent(value)


def _word(value: Any) -> str:
    # Never shorter where room is short: what differs might be cut off.
    return name(value, VALUE_UNITS) or UNKNOWN if isinstance(value, str) else UNKNOWN
