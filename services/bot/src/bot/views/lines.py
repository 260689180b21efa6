"""Lines that many views end or begin with, and values as they come over the wire."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from pulse_client.types import Unset
from servicekit.text import UNKNOWN, cut, name, text_units

from bot.views.reader import Reader

SHOP_UNITS = 40
SHOP_LINE_UNITS = SHOP_UNITS + 4
"""A line that says of which shop something is; it is put before a message that is ready."""
MAX_MESSAGE_UNITS = 4096 - SHOP_LINE_UNITS
MAX_CAPTION_UNITS = 1024 - SHOP_LINE_UNITS
TITLE_UNITS = 60
CODE_UNITS = 40


class Meta(Protocol):
    """How old an answer is."""

    as_of: datetime | None
    stale: bool


def freshness(reader: Reader, meta: Meta) -> str:
    """The last line of every message: when its data were taken."""
    said = UNKNOWN if meta.as_of is None else reader.moment(meta.as_of)
    line = reader.text("🕒 data as of {moment}", moment=said)
    return line + (" · " + reader.text("late") if meta.stale else "")


def amount(value: str | Unset | None) -> Decimal | None:
    """A decimal of the wire."""
    return Decimal(value) if isinstance(value, str) else None


def known(value: int | Unset | None) -> int | None:
    """A count of the wire."""
    return value if isinstance(value, int) else None


def day_of(value: date | Unset | None) -> date | None:
    """A day of the wire."""
    return value if isinstance(value, date) else None


def pieces(reader: Reader, count: int | None) -> str:
    """`46 pcs`, or a dash."""
    return UNKNOWN if count is None else reader.text("{count} pcs", count=reader.number(count))


def change(reader: Reader, percent: Decimal | None) -> str:
    """` ▲ 9 %`, ` ▼ 3 %`, ` = `; nothing where there was nothing before."""
    if percent is None:
        return ""
    sign = "▲" if percent > 0 else "▼" if percent < 0 else "="
    return f" {sign} {reader.percent(abs(percent))}" if percent else f" {sign}"


def titled(title: str | Unset | None, code: str | Unset | None, nm_id: int | None, units: int = TITLE_UNITS) -> str:
    """What an item is called: its card's title, else the seller's article, else Wildberries' article."""
    said = next((part for part in (title, code) if isinstance(part, str) and part.strip()), None)
    return name(said, units) or (str(nm_id) if nm_id else UNKNOWN)


def how_many(count: str | None, precision: str | None) -> str:
    """`319`, or `1000+` where the gateway counted no further."""
    return "" if not count else count + ("+" if precision == "at-least" else "")


def message(lines: Iterable[str], last: str, *, units: int = MAX_MESSAGE_UNITS) -> str:
    """Lines as one message that Telegram takes: those that do not fit are left out, the last one never is."""
    kept: list[str] = []
    left = units - text_units(last) - 4
    for line in lines:
        left -= text_units(line) + 1
        if left < 0:
            kept.append("…")
            break
        kept.append(line)
    return "\n".join([*kept, "", last])


def quoted(text: str | None, units: int) -> str:
    """Somebody's words, on as many lines as they were written, cut before they are escaped."""
    import html

    visible = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text or "")
    return f"<blockquote>{html.escape(cut(visible.strip(), units), quote=False)}</blockquote>"
