"""Messages about an order: new, cancelled, changed."""

from collections.abc import Iterator
from datetime import datetime

from contracts.message_kinds import OrderKind
from contracts.model import MOSCOW
from contracts.orders import ChangedOrder, DayFigures, ReportedOrder
from servicekit.text import UNKNOWN, Name, moment, money, name, number, percent, span, text_units

from notifier.messages.changes import changed_lines
from notifier.messages.message import MAX_CAPTION_UNITS, Button, Message

TITLE_UNITS = 120
NAME_UNITS = 60
SIZE_UNITS = 20
SRID_UNITS = 64
"""Longer than any srid of WB: it is shown whole, and never shortened with the names."""

SHARES = (1.0, 0.5, 0.25, 0.1)
"""Names get the first share of their units with which the caption fits; the last one always does."""

NOT_YET = "сумма ещё не пришла"


def order_message(
    kind: OrderKind, reported: ReportedOrder, *, shop_name: str | None, data_at: datetime, now: datetime
) -> Message:
    """What a seller is told of one change of an order; `data_at` is when the figures were taken."""
    for share in SHARES:
        html = "\n".join(_lines(kind, reported, shop_name, data_at, now, _shortened(share)))
        if text_units(html) <= MAX_CAPTION_UNITS:
            break
    photo = reported.product.photo if reported.product else None
    return Message(html, (Button("На WB", _page(reported.order.nm_id)),), photo)


def _shortened(share: float) -> Name:
    return lambda text, units: name(text, round(units * share))


def _lines(
    kind: OrderKind, reported: ReportedOrder, shop_name: str | None, data_at: datetime, now: datetime, short: Name
) -> list[str]:
    return [
        *_head(kind, reported.order, shop_name, short),
        *_what(reported, short),
        "",
        *(changed_lines(reported.order) if kind == "order_changed" else ()),
        *_prices(reported.order),
        "",
        f"📦 Остаток на складах WB: {_stock(reported)}",
        f"💵 {_day(reported.product_today, now)} этот товар: {_figures(reported.product_today)}",
        f"💶 {_day(reported.shop_today, now)} весь магазин: {_figures(reported.shop_today)}",
        "",
        f"🔎 <code>{name(reported.order.srid, SRID_UNITS)}</code>",
        f"🕒 данные на {moment(data_at)} МСК",
    ]


def _head(kind: OrderKind, order: ChangedOrder, shop_name: str | None, short: Name) -> Iterator[str]:
    if kind == "order_new":
        yield f"🧾 <b>Новый заказ</b> · {moment(order.ordered_at)}"
    elif kind == "order_cancelled":
        yield f"❌ <b>Отмена заказа</b> · {moment(order.cancelled_at or order.last_change_at)}"
    else:
        yield f"✏️ <b>Заказ изменился</b> · {moment(order.last_change_at)}"
    place = " · ".join(filter(None, (short(shop_name, NAME_UNITS), _fulfilment(order, short))))
    if place:
        yield f"🏬 {place}"
    if kind != "order_new":
        yield f"🗓 Заказ от {moment(order.ordered_at)}{_age(kind, order)}"


def _fulfilment(order: ChangedOrder, short: Name) -> str:
    # WB writes «Склад продавца» or «Склад WB»: the first means that the seller has to assemble it.
    told = None if order.is_mp is None else "Склад продавца" if order.is_mp else "Склад WB"
    return short(order.warehouse_type or told, SIZE_UNITS).lower().replace("wb", "WB")


def _age(kind: OrderKind, order: ChangedOrder) -> str:
    if kind != "order_cancelled" or order.cancelled_at is None or order.cancelled_at <= order.ordered_at:
        return ""
    return f" (прошло {span(order.cancelled_at - order.ordered_at)})"


def _what(reported: ReportedOrder, short: Name) -> Iterator[str]:
    order, product = reported.order, reported.product
    vendor_code = (product and product.vendor_code) or order.supplier_article
    title = (product and product.title) or " ".join(filter(None, (order.subject, order.brand))) or vendor_code
    yield f"🏷 {short(title, TITLE_UNITS) or UNKNOWN}"
    # The order feed knows a size by its number; WB writes size 0 for goods that have none.
    named = {each.chrt_id: each.tech_size for each in product.sizes} if product else {}
    tech_size = order.tech_size or named.get(order.chrt_id or 0)
    size = short(tech_size, SIZE_UNITS) if tech_size != "0" else ""
    parts = (str(order.nm_id), short(vendor_code, NAME_UNITS), size and f"размер {size}")
    yield "🆔 " + " · ".join(filter(None, parts))
    to = order.region_name or order.oblast_okrug_name or order.country_name
    to = to or order.destination_city or order.destination_district
    start = short(order.warehouse_name, NAME_UNITS) or _fulfilment(order, short) or UNKNOWN
    yield f"🚚 {start} → {short(to, NAME_UNITS) or UNKNOWN}"


def _prices(order: ChangedOrder) -> Iterator[str]:
    price, before = order.price_with_disc, order.total_price
    line = f"💰 Цена продавца: {NOT_YET if price is None else money(price, order.currency)}"
    if price is not None and before is not None and before > price:
        discount = f", −{percent(order.discount_percent)}" if order.discount_percent else ""
        line += f" (до скидки <s>{money(before, order.currency)}</s>{discount})"
    yield line
    if order.finished_price is not None:
        spp = "" if order.spp is None else f"СПП {percent(order.spp)} → "
        yield f"🛍 {spp}покупатель платит {money(order.finished_price, order.currency)} (без WB Кошелька)"
    else:
        yield f"🛍 Цена покупателя: {NOT_YET}"


def _stock(reported: ReportedOrder) -> str:
    if reported.stock_left is None:
        return UNKNOWN
    taken = f" (на {moment(reported.stock_at)})" if reported.stock_at else ""
    return f"{number(reported.stock_left)} шт{taken}"


def _day(figures: DayFigures, now: datetime) -> str:
    # A message that was long on its way must not call yesterday today.
    return "Сегодня" if figures.day == now.astimezone(MOSCOW).date() else f"За {figures.day:%d.%m}"


def _figures(figures: DayFigures) -> str:
    is_known = figures.orders_sum > 0 or figures.orders == 0
    total = money(figures.orders_sum, figures.currency) if is_known else NOT_YET
    # Cancelled orders stay counted, as Wildberries counts them.
    cancelled = f" (из них отменено {number(figures.cancelled)})" if figures.cancelled else ""
    return f"{number(figures.orders)} шт · {total}{cancelled}"


def _page(nm_id: int) -> str:
    return f"https://www.wildberries.ru/catalog/{nm_id}/detail.aspx"
