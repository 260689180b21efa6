"""What was ordered, how far it has come, where it goes, how old everything is."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from contracts.model import MOSCOW
from contracts.order_report import ReportedItself, ReportedRoute
from contracts.orders import SourceAge
from servicekit.text import UNKNOWN, Name, name
from servicekit.translation import Language, msgid

from reporter.reports.text.words import heading, joined, share

TITLE_UNITS = 160
NAME_UNITS = 60
SIZE_UNITS = 20
ID_UNITS = 64
"""Longer than any srid or barcode of WB: they are shown whole, and never shortened with the names."""

SOURCES = {
    "orders": msgid("orders"),
    "order_feed": msgid("feed of orders"),
    "sales": msgid("sales"),
    "stocks": msgid("stocks"),
    "stock_remains": msgid("reported stocks"),
    "seller_stocks": msgid("own stock"),
    "finance": msgid("finance"),
    "funnel": msgid("funnel"),
    "feedbacks": msgid("reviews"),
    "campaign_stats": msgid("adverts"),
}
"""Sources that a reader of the report is told of, in this order."""

WAREHOUSE_TYPES = {"Склад WB": msgid("WB's warehouse"), "Склад продавца": msgid("the seller's warehouse")}
"""WB's words for who ships."""


def order_lines(language: Language, order: ReportedItself, short: Name) -> Iterator[str]:
    text, moment = language.text, language.moment
    yield f"🧾 {heading(text('Order of {moment}', moment=moment(order.ordered_at)))}"
    yield _state(language, order)
    changed, stored = moment(order.last_change_at), moment(order.stored_at)
    yield text("👁 changed at WB {changed} · here {stored}", changed=changed, stored=stored)
    yield ""
    yield f"🏷 {short(order.title or order.subject, TITLE_UNITS) or UNKNOWN}"
    # WB writes size 0 for goods that have none.
    size = short(order.tech_size, SIZE_UNITS) if order.tech_size != "0" else ""
    yield "🆔 " + joined(
        (str(order.nm_id), short(order.supplier_article, NAME_UNITS), size and text("size {size}", size=size))
    )
    kind = joined((short(order.category, NAME_UNITS), short(order.subject, NAME_UNITS), short(order.brand, NAME_UNITS)))
    if kind:
        yield f"📁 {kind}"
    if order.barcode:
        yield text("🏁 barcode {barcode}", barcode=name(order.barcode, ID_UNITS))
    basket = order.basket_size or 1
    together = (
        " · " + language.plural("{n} item in the basket", "{n} items in the basket", basket) if basket > 1 else ""
    )
    yield f"🔎 <code>{name(order.srid, ID_UNITS)}</code>{together}"


def _state(language: Language, order: ReportedItself) -> str:
    match order.state:
        case "bought":
            return language.text("✅ bought {moment}", moment=_at(language, order.bought_at))
        case "returned" if order.bought_at:
            returned, bought = _at(language, order.returned_at), _at(language, order.bought_at)
            return language.text("↩️ returned {returned}, was bought {bought}", returned=returned, bought=bought)
        case "returned":
            return language.text("↩️ returned {moment}", moment=_at(language, order.returned_at))
        case "cancelled":
            return language.text("❌ cancelled {moment}", moment=_at(language, order.cancelled_at))
        case "open":
            return language.text("🚚 on its way to the buyer")


def _at(language: Language, at: datetime | None) -> str:
    return UNKNOWN if at is None else language.moment(at)


def route_lines(language: Language, route: ReportedRoute, short: Name) -> Iterator[str]:
    yield f"🗺 {heading(language.text('Route'))}"
    own = language.text("own warehouse") if route.is_own_warehouse else UNKNOWN
    start = short(route.warehouse_name, NAME_UNITS) or own
    places = (route.city, route.district, route.region_name, route.oblast_okrug_name)
    # WB repeats names: a city is its own region.
    named = list(dict.fromkeys(short(place, NAME_UNITS) for place in places if place)) or [
        short(route.country_name, NAME_UNITS) or UNKNOWN
    ]
    yield f"{start} → {', '.join(named[:3])}"
    if route.warehouse_type:
        known = WAREHOUSE_TYPES.get(route.warehouse_type)
        kind = language.text(known) if known else short(route.warehouse_type, NAME_UNITS)
        yield language.text("Ships: {whose}", whose=kind)
    if route.local_share is not None:
        near = share(language, route.local_share)
        yield language.text("{share} of the item's orders stay in their own district", share=near)


def freshness_lines(language: Language, sources: Sequence[SourceAge], at: datetime) -> Iterator[str]:
    known = {age.source: age for age in sources}
    told = [
        f"{language.text(words)} {_age(language, known[source], at)}"
        for source, words in SOURCES.items()
        if source in known
    ]
    yield language.text("🕒 data as of: {ages}", ages=" · ".join(told) or UNKNOWN)
    yield language.text("Report made {moment} MSK", moment=language.moment(at))
    yield language.text(
        "ℹ️ WB's own pages may show more orders: those unpaid or paid by instalments come to its API later"
    )


def _age(language: Language, source: SourceAge, at: datetime) -> str:
    if source.as_of is None:
        return UNKNOWN
    local = source.as_of.astimezone(MOSCOW)
    said = f"{local:%H:%M}" if local.date() == at.astimezone(MOSCOW).date() else language.moment(source.as_of)
    return language.text("{moment} ⚠️ late", moment=said) if source.delayed_since else said
