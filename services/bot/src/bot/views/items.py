"""Items: a page of them, and one with its figures."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from pulse_client.models import (
    Left,
    ListedProduct,
    ListMeta,
    Meta,
    PeriodFigures,
    Product,
    ProductFigures,
    Reviews,
    Units,
)
from servicekit.text import UNKNOWN, name

from bot.views.lines import CODE_UNITS, amount, freshness, known, message, pieces, titled
from bot.views.reader import Reader

SHOWN_PERIODS = (7, 30)


def page(reader: Reader, items: Sequence[ListedProduct], meta: ListMeta, *, text: str, first: int, count: str) -> str:
    """Items as a list; `first` is the number of the first, `count` how many there are, in words."""
    lines = [" · ".join(filter(None, (f"👕 <b>{reader.text('Items')}</b>", count)))]
    if text:
        lines.append(f"🔎 {name(text, CODE_UNITS)}")
    if not items:
        lines += ["", reader.text("No items here.")]
    for number, item in enumerate(items, first):
        rating = item.reviews and item.reviews.rating
        stars = f" · ⭐ {reader.number(Decimal(rating))}" if rating else ""
        lines += [
            "",
            f"<b>{number}.</b> {titled(item.title, item.vendor_code, item.nm_id)}",
            f"{item.nm_id} · {_listed_price(reader, item)} · 📦 {_left(reader, item.stock)}{stars}",
        ]
    return message(lines, freshness(reader, meta))


def card(reader: Reader, item: Product, meta: Meta) -> str:
    """One item: what is known of it now, and what it came to in 7 and 30 days."""
    return message(_card(reader, item), freshness(reader, meta))


def _card(reader: Reader, item: Product) -> Iterator[str]:
    yield f"👕 <b>{titled(item.title, item.vendor_code, item.nm_id, 120)}</b>"
    code, kind = name(item.vendor_code, CODE_UNITS), name(item.subject, CODE_UNITS)
    yield "🆔 " + " · ".join(filter(None, (str(item.nm_id), code, kind)))
    if not item.is_listed:
        yield reader.text("🗑 In WB's trash, or deleted")
    yield ""
    yield reader.text("💰 Price: {price}", price=_price(reader, item))
    yield reader.text("📦 Stock: {stock}", stock=_left(reader, item.stock.total if item.stock is not None else None))
    if isinstance(item.reviews, Reviews):
        yield _stars(reader, item.reviews)
    yield from _periods(reader, item.figures)


def _price(reader: Reader, item: Product) -> str:
    """The lowest and the highest price of its sizes."""
    said = [(price, size.currency) for size in item.prices if (price := amount(size.discounted_price)) is not None]
    return _range(reader, min(said), max(said)) if said else UNKNOWN


def _listed_price(reader: Reader, item: ListedProduct) -> str:
    """The same, as lists have it; of several currencies the first."""
    for prices in item.prices:
        low, high = amount(prices.discounted_from), amount(prices.discounted_to)
        if low is not None and high is not None:
            return _range(reader, (low, prices.currency), (high, prices.currency))
    return UNKNOWN


def _range(reader: Reader, low: tuple[Decimal, str], high: tuple[Decimal, str]) -> str:
    lowest = reader.money(*low)
    return lowest if low == high else f"{lowest} – {reader.money(*high)}"


def _left(reader: Reader, units: Units | Left | None) -> str:
    """Pieces at WB's and at the seller's own warehouses."""
    both = [count for count in (units.wb, units.own) if count is not None] if units else []
    return pieces(reader, sum(both)) if both else UNKNOWN


def _stars(reader: Reader, reviews: Reviews) -> str:
    rating = UNKNOWN if reviews.rating is None else reader.number(Decimal(reviews.rating))
    said = f"⭐ {rating} · " + reader.plural("{n} review", "{n} reviews", reviews.count)
    if reviews.unanswered:
        said += " · " + reader.text("unanswered {count}", count=reader.number(reviews.unanswered))
    return said


def _periods(reader: Reader, figures: ProductFigures) -> Iterator[str]:
    for period in figures.periods:
        if period.period_days in SHOWN_PERIODS:
            yield ""
            yield from _period(reader, period)
    buyout = figures.buyout
    for share in buyout.periods if buyout else ():
        if share.period_days == SHOWN_PERIODS[-1]:
            percent = reader.percent(amount(share.mature_share))
            yield reader.text(
                "🎯 Buyout of 30 days: {percent}, {open} on the way", percent=percent, open=reader.number(share.open_)
            )
    for speed in figures.velocity.periods if figures.velocity else ():
        if speed.period_days == SHOWN_PERIODS[0]:
            yield reader.text("⚡ {count} a day in 7 days", count=reader.number(Decimal(speed.orders)))


def _period(reader: Reader, period: PeriodFigures) -> Iterator[str]:
    currency = period.currency if isinstance(period.currency, str) else None
    yield "<b>" + reader.plural("{n} day", "{n} days", period.period_days) + "</b>"
    yield reader.text(
        "Orders: {count} · {sum}",
        count=reader.number(period.orders),
        sum=reader.money(amount(period.orders_sum), currency),
    )
    yield reader.text("Cancelled: {count}", count=reader.number(period.cancelled))
    sales = known(period.sales)
    yield reader.text(
        "Sales: {count} · {sum}",
        count=UNKNOWN if sales is None else reader.number(sales),
        sum=reader.money(amount(period.sales_sum), currency),
    )
