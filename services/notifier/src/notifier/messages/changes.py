"""What changed in an order, in words: only what a seller acts on."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.orders import ChangedOrder
from servicekit.text import UNKNOWN, name
from servicekit.translation import Language, language, msgid

VALUE_UNITS = 40

MONEY = {
    "price_with_disc": msgid("seller's price"),
    "finished_price": msgid("buyer's price"),
    "total_price": msgid("price before discount"),
}
PERCENT = {"spp": msgid("WB's discount")}
WORDS = {"warehouse_name": msgid("warehouse"), "region_name": msgid("region")}


def is_shown(order: ChangedOrder) -> bool:
    """Whether there is something in the change to show people, in whatever language."""
    return any(changed_lines(order, language("notifier", "ru")))


def changed_lines(order: ChangedOrder, language: Language) -> Iterator[str]:
    """A line for each field that has a name here and reads otherwise than before, earlier value first.

    Many changes have none: a status, or a field that nobody acts on.
    """
    if order.previous.get("is_cancel") is True and not order.is_cancel:
        yield f"✏️ {language.text('the cancellation was taken back')}"
    for words, before, after in _shown(order, language):
        if before != after:
            yield f"✏️ {language.text(words)}: {before} → {after}"


def _shown(order: ChangedOrder, language: Language) -> Iterator[tuple[str, str, str]]:
    previous = order.previous
    for field, words in MONEY.items():
        if field in previous:
            before = language.money(_decimal(previous[field]), previous.get("currency") or order.currency)
            yield words, before, language.money(getattr(order, field), order.currency)
    for field, words in PERCENT.items():
        if field in previous:
            yield words, language.percent(_decimal(previous[field])), language.percent(getattr(order, field))
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


def _word(value: Any) -> str:
    # Never shorter where room is short: what differs might be cut off.
    return name(value, VALUE_UNITS) or UNKNOWN if isinstance(value, str) else UNKNOWN
