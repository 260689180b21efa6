"""Words and numbers as sellers read them: cut, escaped, with thin spaces and commas."""

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Context, Decimal

from contracts.currency import sign
from contracts.model import MOSCOW

UNKNOWN = "—"
THIN_SPACE = "\u202f"
"""The narrow space that does not break a line."""

_TAG = re.compile("<[^>]*>")
_OF_ANY_SIZE = Context(prec=200)
"""`quantize` refuses what has more digits than its context, which are 28 if nothing is said."""

Name = Callable[[str | None, int], str]
"""Shows someone else's text in at most so many units."""


def utf16_units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "replace")) // 2


def cut(text: str, max_units: int) -> str:
    """At most `max_units`, ended at a word's end by "…"; a single long word is cut inside."""
    if utf16_units(text) <= max_units:
        return text
    kept = ""
    units = 0
    for character in text:
        units += utf16_units(character)
        if units > max_units - 1:
            break
        kept += character
    words, _, _ = kept.rpartition(" ")
    return (words if len(words) > len(kept) // 2 else kept).rstrip(" ,;:-–—") + "…"


def name(text: str | None, max_units: int) -> str:
    """Someone else's text in one line, cut and then escaped, so that no entity is cut; empty when there is none."""
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in text or "")
    return html.escape(cut(" ".join(visible.split()), max_units), quote=False)


def title_name(title: str | None, max_units: int) -> str:
    """An item's title as `name`; of one that is cut the part behind its last comma, often the colour, is kept."""
    head, comma, tail = (title or "").rpartition(", ")
    is_cut = utf16_units(title or "") > max_units
    if not comma or not is_cut or utf16_units(tail) > max_units // 2:
        return name(title, max_units)
    return f"{name(head, max_units - utf16_units(tail) - 2)}, {name(tail, max_units)}"


def text_units(message_html: str) -> int:
    """Length of a message's text without its tags, as Telegram counts it."""
    return utf16_units(html.unescape(_TAG.sub("", message_html)))


def number(value: Decimal | int) -> str:
    """`1 494` or `24,5`: at most two decimals, none where they are zero."""
    rounded = Decimal(value).quantize(Decimal("0.01"), context=_OF_ANY_SIZE)
    whole = rounded == rounded.to_integral_value()
    return f"{rounded:,.0f}".replace(",", THIN_SPACE) if whole else _with_comma(rounded)


def money(value: Decimal | None, currency: str | None) -> str:
    """`1 494 ₽`, `860 сом`, `—` when unknown; roubles where no currency was ever stated."""
    return UNKNOWN if value is None else f"{number(value)}{THIN_SPACE}{sign(currency)}"


def percent(value: Decimal | int) -> str:
    """`24 %`."""
    return f"{number(value)}{THIN_SPACE}%"


def moment(at: datetime) -> str:
    """`20.11 14:07`, Moscow time."""
    return f"{at.astimezone(MOSCOW):%d.%m %H:%M}"


def span(length: timedelta) -> str:
    """`4 ч 33 мин`, `3 дн 2 ч`."""
    minutes = int(length.total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} дн {hours} ч" if hours else f"{days} дн"
    return f"{hours} ч {minutes % 60} мин" if hours else f"{minutes} мин"


def plural(count: int, forms: tuple[str, str, str]) -> str:
    """`1 день`, `3 дня`, `11 дней`: the number with the form that Russian wants after it (one, few, many)."""
    one, few, many = forms
    if count % 100 in range(11, 15) or count % 10 in (0, 5, 6, 7, 8, 9):
        return f"{count} {many}"
    return f"{count} {one if count % 10 == 1 else few}"


def _with_comma(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", THIN_SPACE).replace(".", ",").rstrip("0")
