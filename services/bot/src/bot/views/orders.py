"""Orders: a page of them, and one."""

from collections.abc import Iterator, Sequence

from pulse_client.models import ListMeta, Meta, Order
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from bot.views.lines import CODE_UNITS, TITLE_UNITS, amount, freshness, message
from bot.views.reader import Reader

STATES = ("", "open", "cancelled", "bought", "returned")
STATE_WORDS = {
    "": msgid("All"),
    "open": msgid("🚚 On the way"),
    "cancelled": msgid("❌ Cancelled"),
    "bought": msgid("✅ Bought"),
    "returned": msgid("↩️ Returned"),
}


def page(
    reader: Reader, orders: Sequence[Order], meta: ListMeta, *, state: str, text: str, first: int, count: str
) -> str:
    """Orders as a list; `first` is the number of the first, `count` how many there are, in words."""
    head = "🧾 <b>" + reader.text("Orders") + "</b>"
    lines = [" · ".join(filter(None, (head, state and reader.text(STATE_WORDS[state]), count)))]
    if text:
        lines.append(f"🔎 {name(text, CODE_UNITS)}")
    if not orders:
        lines += ["", reader.text("No orders here.")]
    for number, order in enumerate(orders, first):
        lines += ["", *_row(reader, number, order)]
    return message(lines, freshness(reader, meta))


def card(reader: Reader, order: Order, meta: Meta) -> str:
    """One order."""
    return message(_card(reader, order), freshness(reader, meta))


def _row(reader: Reader, number: int, order: Order) -> Iterator[str]:
    sign = STATE_WORDS.get(order.state, UNKNOWN).split()[0] if order.state in STATE_WORDS else "•"
    price = reader.money(amount(order.price_with_disc), order.currency)
    yield f"<b>{number}.</b> {sign} {reader.short_moment(order.ordered_at)} · <b>{price}</b>"
    yield f"{_called(order)} · {order.nm_id}{_size(reader, order)}"


def _card(reader: Reader, order: Order) -> Iterator[str]:
    yield f"🧾 <b>{reader.text('Order')}</b> · {reader.short_moment(order.ordered_at)}"
    yield reader.text(STATE_WORDS[order.state]) if order.state in STATE_WORDS else name(order.state, CODE_UNITS)
    if order.cancelled_at is not None:
        yield reader.text("Cancelled on {moment}", moment=reader.short_moment(order.cancelled_at))
    yield ""
    yield f"🏷 {_called(order)}"
    code = name(order.supplier_article, CODE_UNITS)
    yield "🆔 " + " · ".join(filter(None, (str(order.nm_id), code))) + _size(reader, order)
    to = next(filter(None, (order.region_name, order.oblast_okrug_name, order.country_name)), None)
    yield f"🚚 {name(order.warehouse_name, TITLE_UNITS) or UNKNOWN} → {name(to, TITLE_UNITS) or UNKNOWN}"
    yield ""
    price, before = amount(order.price_with_disc), amount(order.total_price)
    said = reader.text("💰 Your price: {price}", price=reader.money(price, order.currency))
    if price is not None and before is not None and before > price:
        said += " " + reader.text("(before discount {price})", price=reader.money(before, order.currency))
    yield said
    spp = amount(order.spp)
    said = reader.text("🛍 The buyer pays: {price}", price=reader.money(amount(order.finished_price), order.currency))
    yield said + (f" · {reader.text('WB discount {percent}', percent=reader.percent(spp))}" if spp else "")
    yield f"🔎 <code>{name(order.srid, 64)}</code>"


def _called(order: Order) -> str:
    said = " ".join(filter(None, (order.subject, order.brand))) or order.supplier_article
    return name(said, TITLE_UNITS) or UNKNOWN


def _size(reader: Reader, order: Order) -> str:
    size = name(order.tech_size, 20)
    return f" · {reader.text('size {size}', size=size)}" if size and size != "0" else ""
