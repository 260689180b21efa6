"""What changed in an order, in words: only what a seller acts on."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.orders import ChangedOrder

from notifier.messages.text import UNKNOWN, Name, money, percent

VALUE_UNITS = 40

MONEY = {
    "price_with_disc": "цена продавца",
    "finished_price": "цена покупателя",
    "total_price": "цена до скидки",
}
PERCENT = {"spp": "СПП"}
WORDS = {"warehouse_name": "склад", "region_name": "регион"}


def changed_lines(order: ChangedOrder, name: Name) -> Iterator[str]:
    """A line for each changed field that has a name here, earlier value first."""
    previous = order.previous
    if previous.get("is_cancel") is True and not order.is_cancel:
        yield "✏️ отмена снята"
    for field, words in MONEY.items():
        if field in previous:
            yield f"✏️ {words}: {money(_decimal(previous[field]))} → {money(getattr(order, field))}"
    for field, words in PERCENT.items():
        if field in previous:
            yield f"✏️ {words}: {_percent(_decimal(previous[field]))} → {_percent(getattr(order, field))}"
    for field, words in WORDS.items():
        if field in previous:
            yield f"✏️ {words}: {_word(previous[field], name)} → {_word(getattr(order, field), name)}"


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # An absurd number would only make the line long.
    return number if number.is_finite() and abs(number) < 10**14 else None


def _percent(value: Decimal | None) -> str:
    return UNKNOWN if value is None else percent(value)


def _word(value: Any, name: Name) -> str:
    return name(value, VALUE_UNITS) or UNKNOWN if isinstance(value, str) else UNKNOWN
