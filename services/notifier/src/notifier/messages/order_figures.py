"""What the card of an order shows beside it: prices, what it brings, how the item sells, what is left."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from contracts.model import MOSCOW
from contracts.orders import (
    ChangedOrder,
    DayFigures,
    OrderFigures,
    ReportedOrder,
    SizeLeft,
    StockLeft,
    TodayAndYesterday,
)
from servicekit.text import UNKNOWN, Name
from servicekit.translation import Language, msgid

from notifier.messages.figures import (
    ENDLESS,
    about_money,
    change,
    days,
    pieces,
    rate,
    rounded,
    share,
    share_of,
    signed_money,
)
from notifier.messages.message import About
from notifier.messages.order_life import NOT_YET

SIZE_UNITS = 20
SHOWN_SIZES = 5

LACKING = {
    "cost": msgid("cost of goods"),
    "tax": msgid("tax"),
    "dimensions": msgid("dimensions"),
    "tariff": msgid("WB's tariffs"),
    "commission": msgid("commission"),
    "buyout": msgid("buyout"),
    "price": msgid("price"),
}


def price_lines(order: ChangedOrder, about: About) -> Iterator[str]:
    """The seller's price with its discount, and what the buyer pays."""
    language, text = about.language, about.language.text
    price, before = order.price_with_disc, order.total_price
    shown = text(NOT_YET) if price is None else language.money(price, order.currency)
    line = f"💰 {text('Your price')}: {shown}"
    if price is not None and before is not None and before > price:
        discount = f", −{language.percent(order.discount_percent)}" if order.discount_percent else ""
        was = text("before discount {amount}", amount=f"<s>{language.money(before, order.currency)}</s>")
        line += f" ({was}{discount})"
    yield line
    if order.finished_price is None:
        yield f"🛍 {text('Buyer pays')}: {text(NOT_YET)}"
        return
    amount = language.money(order.finished_price, order.currency)
    if order.spp is None:
        yield f"🛍 {text('buyer pays {amount} (without WB Wallet)', amount=amount)}"
    else:
        spp = text(
            "SPP {share} → buyer pays {amount} (without WB Wallet)", share=language.percent(order.spp), amount=amount
        )
        yield f"🛍 {spp}"


def brings_lines(reported: ReportedOrder, about: About) -> Iterator[str]:
    """Commission, logistics and profit: estimates."""
    figures, language, text = reported.figures, about.language, about.language.text
    money, currency = figures and figures.money, reported.order.currency
    if not figures or not money:
        return
    costs = []
    if money.commission is not None:
        percent = "" if money.commission_percent is None else f" {language.percent(money.commission_percent)}"
        costs.append(f"{text('Commission')}{percent} ≈ {about_money(money.commission, currency, language)}")
    if money.logistics is not None:
        costs.append(text("logistics ≈ {amount}", amount=about_money(money.logistics, currency, language)))
    elif "dimensions" in figures.money_missing:
        costs.append(text("logistics cannot be estimated: no dimensions"))
    if costs:
        yield f"💳 {' · '.join(costs)}"
    yield from profit_line(figures, currency, about)


def profit_line(figures: OrderFigures, currency: str | None, about: About) -> Iterator[str]:
    """What one bought piece earns; or what the seller has to enter to be told."""
    language, text = about.language, about.language.text
    money = figures.money
    if money is not None and money.profit is not None:
        margin = "" if money.margin is None else f" ({share(money.margin, language)})"
        profit = signed_money(rounded(money.profit), currency, language)
        yield f"📈 {text('Profit of a purchase ≈ {profit}, estimate', profit=profit + margin)}"
    elif entered := [LACKING[what] for what in ("cost", "tax") if what in figures.money_missing]:
        what = ", ".join(map(text, entered))
        yield f"📈 {text('Profit: enter {what} to see it', what=what)}"


def sells_lines(figures: OrderFigures, about: About) -> Iterator[str]:
    """Buyout of 30 days and orders a day."""
    language, text = about.language, about.language.text
    yield from buyout_line(figures, about)
    speeds = {speed.period_days: speed.orders for speed in figures.speeds}
    if 7 in speeds:
        line = text("Speed: {rate} pcs a day in 7 days", rate=rate(speeds[7], language))
        yield f"⚡ {line}" + (f" ({text('in 30: {rate}', rate=rate(speeds[30], language))})" if 30 in speeds else "")


def buyout_line(figures: OrderFigures, about: About) -> Iterator[str]:
    """`🎯 Выкуп за 30 дней: 72 % (50 из 69 завершённых), ещё 18 в пути`."""
    language, text = about.language, about.language.text
    buyout = figures.buyout
    if buyout is None or not buyout.ordered:
        return
    if buyout.mature_share is None:
        yield f"🎯 {text('Buyout in 30 days: {share}, {n} still on their way', share=UNKNOWN, n=buyout.open)}"
        return
    line = text(
        "Buyout in 30 days: {share} ({bought} of {ended} ended)",
        share=share(buyout.mature_share, language),
        bought=language.number(buyout.mature_bought),
        ended=language.number(buyout.mature_ordered),
    )
    on_way = text(", {n} still on their way", n=language.number(buyout.open)) if buyout.open else ""
    yield f"🎯 {line}{on_way}"


def cancelled_line(figures: OrderFigures, about: About) -> Iterator[str]:
    """`🎯 Отмен за 30 дней: 16 из 87 (18 %)`."""
    language, buyout = about.language, figures.buyout
    if buyout is not None and buyout.ordered:
        yield "🎯 " + language.text(
            "Cancelled in 30 days: {part} of {all} ({share})",
            part=language.number(buyout.cancelled),
            all=language.number(buyout.ordered),
            share=share_of(buyout.cancelled, buyout.ordered, language),
        )


def returned_line(figures: OrderFigures, about: About) -> Iterator[str]:
    """`📉 Возвраты за 30 дней: 3 из 53 выкупов (6 %)`."""
    language, buyout = about.language, figures.buyout
    bought = buyout.bought + buyout.returned if buyout is not None else 0
    if buyout is not None and bought:
        yield "📉 " + language.text(
            "Returned in 30 days: {part} of {all} bought ({share})",
            part=language.number(buyout.returned),
            all=language.number(bought),
            share=share_of(buyout.returned, bought, language),
        )


def stock_lines(reported: ReportedOrder, about: About, short: Name) -> Iterator[str]:
    """What is left and how long it lasts; sizes that ran out, and what to send."""
    language, text = about.language, about.language.text
    figures = reported.figures
    if figures is None or figures.stock is None:
        left = UNKNOWN if reported.stock_left is None else pieces(reported.stock_left, language)
        seen = f" ({text('of {moment}', moment=about.moment(reported.stock_at))})" if reported.stock_at else ""
        yield f"📦 {text('Stock at WB')}: {left}{seen}"
        return
    stock = figures.stock
    seen = _seen(figures.stock_at, stock.wb, about)
    yield f"📦 {text('Stock')}: {_left(stock, language)}{_lasts(stock, language)}{seen}"
    warnings = []
    if out := [size for size in figures.sizes if size.wb == 0 and not size.own]:
        warnings.append(text("Ran out: {sizes}", sizes=_sizes(out, short, language)))
    if stock.replenish:
        warnings.append(text("replenish: {pieces}", pieces=pieces(stock.replenish, language)))
    if warnings:
        line = " · ".join(warnings)
        yield f"⚠️ {line[:1].upper()}{line[1:]}"


def _left(stock: StockLeft, language: Language) -> str:
    if stock.wb is None:
        return UNKNOWN
    if not stock.own:
        return f"{pieces(stock.wb, language)} (WB)"
    own = language.text("own {n}", n=language.number(stock.own))
    return f"{pieces(stock.wb + stock.own, language)} (WB {language.number(stock.wb)} + {own})"


def _lasts(stock: StockLeft, language: Language) -> str:
    if stock.wb is None:
        return ""
    if stock.endless:
        return f" · {ENDLESS}"
    return "" if stock.days_left is None else f" {language.text('≈ for {days}', days=days(stock.days_left, language))}"


def _seen(at: datetime | None, left: int | None, about: About) -> str:
    """When, where the figure is missing or not of today."""
    if at is None or (left is not None and about.data_at.astimezone(MOSCOW).date() == at.astimezone(MOSCOW).date()):
        return ""
    return f" ({about.language.text('of {moment}', moment=about.moment(at))})"


def _sizes(sizes: list[SizeLeft], short: Name, language: Language) -> str:
    named = [short(size.tech_size, SIZE_UNITS) or str(size.chrt_id) for size in sizes[:SHOWN_SIZES]]
    more = [language.text("{n} more", n=len(sizes) - SHOWN_SIZES)] if len(sizes) > SHOWN_SIZES else []
    return ", ".join([*named, *more])


def day_lines(reported: ReportedOrder, about: About, *, is_whole: bool) -> Iterator[str]:
    """The item's and the shop's day, the shop's beside yesterday to the same minute."""
    text, figures = about.language.text, reported.figures
    product = figures.product.today if figures else reported.product_today
    shop = figures.shop.today if figures else reported.shop_today
    yield f"💵 {_day(product, about)} {text('this item')}: {_figures(product, about.language)}"
    against = _against(figures.shop, about) if figures and is_whole else ""
    yield f"💶 {_day(shop, about)} {text('whole shop')}: {_figures(shop, about.language)}{against}"


def _day(figures: DayFigures, about: About) -> str:
    # A message that was long on its way must not call yesterday today.
    if figures.day == about.now.astimezone(MOSCOW).date():
        return about.language.text("Today")
    return about.language.text("On {day}", day=about.language.day(figures.day))


def _figures(figures: DayFigures, language: Language) -> str:
    is_known = figures.orders_sum > 0 or figures.orders == 0
    total = language.money(figures.orders_sum, figures.currency) if is_known else language.text(NOT_YET)
    # Cancelled orders stay counted, as Wildberries counts them.
    cancelled = ""
    if figures.cancelled:
        cancelled = f" ({language.text('{n} of them cancelled', n=language.number(figures.cancelled))})"
    return f"{pieces(figures.orders, language)} · {total}{cancelled}"


def _against(shop: TodayAndYesterday, about: About) -> str:
    before, now, language = shop.yesterday_to_minute, shop.today, about.language
    minute = about.language.moment(shop.minute, about.zone).rpartition(" ")[2]
    if not before.orders_sum:
        return ""
    grown = (now.orders_sum - before.orders_sum) * 100 / before.orders_sum
    return (
        " ("
        + language.text(
            "yesterday to {minute}: {orders} · {sum}, {change}",
            minute=minute,
            orders=language.number(before.orders),
            sum=language.money(before.orders_sum, before.currency),
            change=change(Decimal(grown), language),
        )
        + ")"
    )
