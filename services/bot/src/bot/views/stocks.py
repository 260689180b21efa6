"""Stocks: what runs out first, and one item size by size."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pulse_client.models import ItemStock, ListMeta, Meta, SizeUnits, StockByPlace, Units
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from bot.views.lines import amount, day_of, freshness, known, message, pieces, titled
from bot.views.reader import Reader

STATES = ("any", "out", "size_out")
STATE_WORDS = {
    "any": msgid("What runs out first"),
    "out": msgid("⛔ Nothing left"),
    "size_out": msgid("⚠️ A size is out"),
}
MAX_SIZES = 12
MAX_WAREHOUSES = 6


def page(reader: Reader, items: Sequence[ItemStock], meta: ListMeta, *, state: str, first: int, count: str) -> str:
    """Items as a list; `first` is the number of the first, `count` how many there are, in words."""
    lines = [" · ".join(filter(None, (f"📦 <b>{reader.text(STATE_WORDS[state])}</b>", count)))]
    if not items:
        lines += ["", reader.text("No items here.")]
    for number, item in enumerate(items, first):
        send = known(item.total.replenish)
        to_send = " · " + reader.text("send {pieces}", pieces=pieces(reader, send)) if send else ""
        lines += [
            "",
            f"<b>{number}.</b> {titled(item.title, item.vendor_code, item.nm_id)}",
            f"{item.nm_id} · {pieces(reader, both(item.total))} · {lasts(reader, item.total)}{to_send}",
        ]
    return message(lines, freshness(reader, meta))


def card(reader: Reader, item: StockByPlace, meta: Meta) -> str:
    """One item: each size with how long it lasts, and where it lies."""
    return message(_card(reader, item), freshness(reader, meta))


def both(units: Units | SizeUnits) -> int | None:
    """Pieces at WB's and at the seller's own warehouses; None: neither is known."""
    counts = [count for count in (units.wb, units.own) if count is not None]
    return sum(counts) if counts else None


def lasts(reader: Reader, units: Units | SizeUnits) -> str:
    """`13 days (to 3 Dec)`, `∞`, or a dash."""
    if units.endless is True:
        return "∞"
    days = amount(units.days_left)
    if days is None:
        return UNKNOWN
    ends = day_of(units.runs_out_on)
    said = reader.plural("{n} day", "{n} days", int(days))
    return f"≈ {said}" + (f" ({reader.text('to {day}', day=reader.day(ends))})" if ends else "")


def _card(reader: Reader, item: StockByPlace) -> Iterator[str]:
    yield f"📦 <b>{titled(item.title, item.vendor_code, item.nm_id, 120)}</b>"
    yield f"🆔 {item.nm_id}"
    yield ""
    total = item.total
    yield reader.text(
        "In stock: {pieces} (WB {wb} + own {own})",
        pieces=pieces(reader, both(total)),
        wb=_count(reader, total.wb),
        own=_count(reader, total.own),
    )
    yield reader.text("Lasts: {lasts}", lasts=lasts(reader, total))
    going, coming = known(total.to_client), known(total.from_client)
    if going is not None or coming is not None:
        yield reader.text(
            "On the way to buyers {to}, coming back {back}", to=_count(reader, going), back=_count(reader, coming)
        )
    send = known(total.replenish)
    if send:
        yield reader.text("🚚 Send: {pieces}", pieces=pieces(reader, send))
    if item.sizes:
        yield ""
    for size in item.sizes[:MAX_SIZES]:
        yield _size(reader, size)
    if len(item.sizes) > MAX_SIZES:
        yield reader.text("and {count} more sizes", count=reader.number(len(item.sizes) - MAX_SIZES))
    if item.warehouses:
        yield ""
        places = [f"{name(each.name, 30)} {reader.number(each.quantity)}" for each in item.warehouses]
        yield "🏬 " + " · ".join(places[:MAX_WAREHOUSES]) + (" …" if len(places) > MAX_WAREHOUSES else "")
    error = amount(item.past_error_days)
    if error is not None:
        yield reader.text("Earlier forecasts missed by {days} days", days=reader.number(error))


def _size(reader: Reader, size: SizeUnits) -> str:
    label = name(size.tech_size if isinstance(size.tech_size, str) else None, 20)
    called = label if label and label != "0" else reader.text("one size")
    gone = day_of(size.out_since)
    if gone is not None:
        said = reader.text("⛔ out since {day}", day=reader.day(gone))
    else:
        said = f"{pieces(reader, both(size))} · {lasts(reader, size)}"
    speed, send = amount(size.orders_per_day), known(size.replenish)
    if speed:
        said += " · " + reader.text("{count} a day", count=reader.number(Decimal(speed)))
    if send:
        said += " · " + reader.text("send {pieces}", pieces=pieces(reader, send))
    return f"<b>{called}</b>: {said}"


def _count(reader: Reader, count: int | None) -> str:
    return UNKNOWN if count is None else reader.number(count)
