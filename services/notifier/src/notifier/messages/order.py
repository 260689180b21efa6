"""Messages about an order: its card, whose head follows what becomes of it, and short forms of what ended it."""

from collections.abc import Callable, Iterator
from datetime import datetime

from contracts.message_kinds import MessageKind
from contracts.orders import ChangedOrder, ReportedOrder
from servicekit.text import UNKNOWN, Name, name, text_units

from notifier.messages.buttons import order_buttons
from notifier.messages.changes import changed_lines
from notifier.messages.message import MAX_CAPTION_UNITS, About, Message
from notifier.messages.order_figures import (
    SIZE_UNITS,
    brings_lines,
    buyout_line,
    cancelled_line,
    day_lines,
    price_lines,
    profit_line,
    returned_line,
    sells_lines,
    stock_lines,
)
from notifier.messages.order_life import ENDED, ORDERED, head, life_line, paid_lines, told_as

TITLE_UNITS = 120
NAME_UNITS = 60
SRID_UNITS = 64
"""Longer than any srid of WB: it is shown whole, and never shortened with the names."""

SHARES = ((1.0, True), (0.5, True), (0.25, True), (0.25, False), (0.1, False))
"""Names get the first share of their units with which the caption fits, with all figures or the most needed; the last
one always does."""


def order_writer(kind: MessageKind) -> Callable[[ReportedOrder, About], Message]:
    """What writes the messages of a kind."""
    return lambda reported, about: order_message(kind, reported, about)


def order_message(kind: MessageKind, reported: ReportedOrder, about: About) -> Message:
    """What a seller is told of one step of an order: its card, or a short form where an end is a message of its own."""
    told = told_as(kind, reported, about)
    lines = _short_form if told in ENDED and not about.is_edit else _card
    for share, is_whole in SHARES:
        html = "\n".join(lines(told, reported, about, _shortened(share), is_whole))
        if text_units(html) <= MAX_CAPTION_UNITS:
            break
    photo = reported.product.photo if reported.product else None
    return Message(html, order_buttons(reported.order.order_id, reported.order.nm_id, about), photo)


def order_line(reported: ReportedOrder, about: About) -> str:
    """It as one line among many: `Худи графит · M · 1 494 ₽`."""
    order = reported.order
    size = order.tech_size if order.tech_size not in (None, "0") else ""
    parts = (
        _title(reported, name, 60),
        name(size, SIZE_UNITS),
        about.language.money(order.price_with_disc, order.currency),
    )
    return " · ".join(filter(None, parts))


def _shortened(share: float) -> Name:
    return lambda text, units: name(text, round(units * share))


def _card(kind: MessageKind, reported: ReportedOrder, about: About, short: Name, is_whole: bool) -> Iterator[str]:
    order, figures = reported.order, reported.figures
    yield head(kind, reported, about)
    yield from _place(order, about, short)
    if kind not in ORDERED:
        yield f"🗓 {life_line(kind, reported, about)}"
    yield from _what(reported, about, short)
    yield ""
    if kind == "order_changed":
        yield from changed_lines(order, about.language)
    yield from paid_lines(kind, reported, about)
    yield from price_lines(order, about)
    if is_whole and kind not in ("order_cancelled", "order_returned"):
        yield from brings_lines(reported, about)
    yield ""
    if figures and is_whole:
        yield from sells_lines(figures, about)
    yield from stock_lines(reported, about, short)
    yield from day_lines(reported, about, is_whole=is_whole)
    yield ""
    yield from _foot(reported, about)


def _short_form(kind: MessageKind, reported: ReportedOrder, about: About, short: Name, is_whole: bool) -> Iterator[str]:
    order, figures = reported.order, reported.figures
    yield head(kind, reported, about)
    yield from _place(order, about, short)
    yield f"🗓 {life_line(kind, reported, about)}"
    yield from list(_what(reported, about, short))[:2]
    yield ""
    if kind == "order_cancelled":
        yield next(price_lines(order, about))
    yield from paid_lines(kind, reported, about)
    if figures and is_whole:
        if kind == "order_bought":
            yield from profit_line(figures, order.currency, about)
            yield from buyout_line(figures, about)
        elif kind == "order_returned":
            yield from returned_line(figures, about)
        else:
            yield from cancelled_line(figures, about)
    yield from stock_lines(reported, about, short)
    yield ""
    yield from _foot(reported, about)


def _place(order: ChangedOrder, about: About, short: Name) -> Iterator[str]:
    if place := " · ".join(filter(None, (short(about.shop_name, NAME_UNITS), _fulfilment(order, about, short)))):
        yield f"🏬 {place}"


def _fulfilment(order: ChangedOrder, about: About, short: Name) -> str:
    # WB writes «Склад продавца» or «Склад WB»: the first means that the seller has to assemble it.
    told = order.warehouse_type
    if told is None and order.is_mp is not None:
        told = "Склад продавца" if order.is_mp else "Склад WB"
    if told == "Склад продавца":
        return about.language.text("seller's warehouse")
    if told == "Склад WB":
        return about.language.text("WB's warehouse")
    return short(told, SIZE_UNITS).lower().replace("wb", "WB")


def _what(reported: ReportedOrder, about: About, short: Name) -> Iterator[str]:
    order, product = reported.order, reported.product
    yield f"🏷 {_title(reported, short, TITLE_UNITS) or UNKNOWN}"
    # The order feed knows a size by its number; WB writes size 0 for goods that have none.
    named = {each.chrt_id: each.tech_size for each in product.sizes} if product else {}
    tech_size = order.tech_size or named.get(order.chrt_id or 0)
    size = short(tech_size, SIZE_UNITS) if tech_size != "0" else ""
    vendor_code = (product and product.vendor_code) or order.supplier_article
    sized = size and about.language.text("size {size}", size=size)
    yield "🆔 " + " · ".join(filter(None, (str(order.nm_id), short(vendor_code, NAME_UNITS), sized)))
    to = order.region_name or order.oblast_okrug_name or order.country_name
    to = to or order.destination_city or order.destination_district
    start = short(order.warehouse_name, NAME_UNITS) or _fulfilment(order, about, short) or UNKNOWN
    yield f"🚚 {start} → {short(to, NAME_UNITS) or UNKNOWN}"


def _title(reported: ReportedOrder, short: Name, units: int) -> str:
    order, product = reported.order, reported.product
    vendor_code = (product and product.vendor_code) or order.supplier_article
    title = (product and product.title) or " ".join(filter(None, (order.subject, order.brand))) or vendor_code
    return short(title, units)


def _foot(reported: ReportedOrder, about: About) -> Iterator[str]:
    yield f"🔎 <code>{name(reported.order.srid, SRID_UNITS)}</code>"
    at = _read_at(reported) or about.data_at
    zone = about.language.zone(at, about.zone)
    yield f"🕒 {about.language.text('data of {moment} {zone}', moment=about.moment(at), zone=zone)}"


def _read_at(reported: ReportedOrder) -> datetime | None:
    """When orders were read of WB last, as far as it is told."""
    sources = reported.figures.sources if reported.figures else ()
    return max((each.as_of for each in sources if each.source in ("orders", "order_feed") and each.as_of), default=None)
