"""What was ordered, how far it has come, where it goes, how old everything is."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.model import MOSCOW
from contracts.order_report import ReportedItself, ReportedRoute
from contracts.orders import SourceAge
from servicekit.text import UNKNOWN, Name, moment, name, plural

from reporter.reports.text.words import heading, joined, share

TITLE_UNITS = 160
NAME_UNITS = 60
SIZE_UNITS = 20
ID_UNITS = 64
"""Longer than any srid or barcode of WB: they are shown whole, and never shortened with the names."""

SOURCES = {
    "orders": "заказы",
    "order_feed": "лента заказов",
    "sales": "продажи",
    "stocks": "остатки",
    "stock_remains": "остатки по отчёту",
    "seller_stocks": "свой склад",
    "finance": "финансы",
    "funnel": "воронка",
    "feedbacks": "отзывы",
    "campaign_stats": "реклама",
}
"""Sources that a reader of the report is told of, in this order."""


def order_lines(order: ReportedItself, short: Name) -> Iterator[str]:
    yield f"🧾 {heading(f'Заказ от {moment(order.ordered_at)}')}"
    yield _state(order)
    yield f"👁 изменён в WB {moment(order.last_change_at)} · у нас {moment(order.stored_at)}"
    yield ""
    yield f"🏷 {short(order.title or order.subject, TITLE_UNITS) or UNKNOWN}"
    # WB writes size 0 for goods that have none.
    size = short(order.tech_size, SIZE_UNITS) if order.tech_size != "0" else ""
    yield "🆔 " + joined((str(order.nm_id), short(order.supplier_article, NAME_UNITS), size and f"размер {size}"))
    kind = joined((short(order.category, NAME_UNITS), short(order.subject, NAME_UNITS), short(order.brand, NAME_UNITS)))
    if kind:
        yield f"📁 {kind}"
    if order.barcode:
        yield f"🏁 баркод {name(order.barcode, ID_UNITS)}"
    basket = order.basket_size or 1
    together = f" · в корзине {plural(basket, ('товар', 'товара', 'товаров'))}" if basket > 1 else ""
    yield f"🔎 <code>{name(order.srid, ID_UNITS)}</code>{together}"


def _state(order: ReportedItself) -> str:
    match order.state:
        case "bought":
            return f"✅ выкуплен {_at(order.bought_at)}"
        case "returned":
            bought = f", выкуплен был {_at(order.bought_at)}" if order.bought_at else ""
            return f"↩️ возвращён {_at(order.returned_at)}{bought}"
        case "cancelled":
            return f"❌ отменён {_at(order.cancelled_at)}"
        case "open":
            return "🚚 в пути к покупателю"


def _at(at: datetime | None) -> str:
    return UNKNOWN if at is None else moment(at)


def route_lines(route: ReportedRoute, short: Name) -> Iterator[str]:
    yield f"🗺 {heading('Маршрут')}"
    start = short(route.warehouse_name, NAME_UNITS) or ("свой склад" if route.is_own_warehouse else UNKNOWN)
    places = (route.city, route.district, route.region_name, route.oblast_okrug_name)
    # WB repeats names: a city is its own region.
    named = list(dict.fromkeys(short(place, NAME_UNITS) for place in places if place)) or [
        short(route.country_name, NAME_UNITS) or UNKNOWN
    ]
    yield f"{start} → {', '.join(named[:3])}"
    if route.warehouse_type:
        yield f"Отгружает: {short(route.warehouse_type, NAME_UNITS)}"
    if route.local_share is not None:
        yield f"В свой округ уходит {share(route.local_share)} заказов товара"


def freshness_lines(sources: Sequence[SourceAge], at: datetime) -> Iterator[str]:
    known = {age.source: age for age in sources}
    told = [f"{words} {_age(known[source], at)}" for source, words in SOURCES.items() if source in known]
    yield f"🕒 данные на: {' · '.join(told)}" if told else f"🕒 данные на: {UNKNOWN}"
    yield f"Отчёт собран {moment(at)} МСК"
    yield "ℹ️ В кабинете WB заказов бывает больше: неоплаченные и рассрочку API показывает позже"


def _age(source: SourceAge, at: datetime) -> str:
    if source.as_of is None:
        return UNKNOWN
    local = source.as_of.astimezone(MOSCOW)
    said = f"{local:%H:%M}" if local.date() == at.astimezone(MOSCOW).date() else moment(source.as_of)
    return f"{said} ⚠️ отстают" if source.delayed_since else said
