"""How it sells: periods, buyout, speed, today."""

from collections.abc import Iterator, Sequence

from contracts.model import MOSCOW
from contracts.order_report import PeriodSpeed, ReportedBuyout, ReportedToday, ReportedVelocity, SalesPeriod
from contracts.orders import DayFigures, TodayAndYesterday
from servicekit.text import UNKNOWN
from servicekit.translation import Language, msgid

from reporter.reports.text.words import change, heading, joined, rate, share, table

SPEED_DAYS = (7, 14, 30)
COMPARED_DAYS = 30


def sales_lines(language: Language, periods: Sequence[SalesPeriod]) -> Iterator[str]:
    yield f"📊 {heading(language.text('Sales, pcs'))}"
    if not periods:
        yield UNKNOWN
        return
    text, number = language.text, language.number
    yield table(
        [
            [text("Days"), *(str(period.period_days) for period in periods)],
            [text("Orders"), *(number(period.orders) for period in periods)],
            [text("Bought"), *(number(period.sales) for period in periods)],
            [text("Cancelled"), *(number(period.cancelled) for period in periods)],
            [text("Returned"), *(number(period.returns) for period in periods)],
        ]
    )
    for period in (periods[0], periods[-1]):
        orders, sales = (language.money(total, period.currency) for total in (period.orders_sum, period.sales_sum))
        days = period.period_days
        yield text("In {days} d: orders {orders}, bought {sales}", days=days, orders=orders, sales=sales)
    for period in periods:
        if period.period_days == COMPARED_DAYS:
            orders, sales = change(language, period.orders_change), change(language, period.sales_change)
            yield text(
                "To the {days} d before: orders {orders}, bought {sales}",
                days=COMPARED_DAYS,
                orders=orders,
                sales=sales,
            )


def buyout_lines(language: Language, periods: Sequence[ReportedBuyout]) -> Iterator[str]:
    yield f"🎯 {heading(language.text('Buyout of the orders of a period'))}"
    if not periods:
        yield UNKNOWN
        return
    yield joined(
        language.text("{days} d {share}", days=each.period_days, share=_value(language, each)) for each in periods
    )
    for each in periods:
        if each.period_days == COMPARED_DAYS and each.finished:
            yield language.text(
                "In {days} d: {bought} of {finished} that ended, {moving} more on their way",
                days=COMPARED_DAYS,
                bought=language.number(each.bought),
                finished=language.number(each.finished),
                moving=language.number(each.in_transit),
            )
    if any(not each.mature for each in periods if each.value is not None):
        yield language.text("* more than half are still on their way: this will change")


def _value(language: Language, period: ReportedBuyout) -> str:
    return share(language, period.value) + ("" if period.mature or period.value is None else "*")


def velocity_lines(language: Language, velocity: ReportedVelocity) -> Iterator[str]:
    orders, sales = _rates(language, velocity.raw, "orders"), _rates(language, velocity.raw, "sales")
    yield f"⚡️ {heading(language.text('Speed, pcs a day over 7 / 14 / 30 days'))}"
    yield language.text("Orders {orders} · bought {sales}", orders=orders, sales=sales)
    corrected = _rates(language, velocity.oos_corrected, "orders")
    yield language.text("Of days with stock: orders {orders}", orders=corrected)


def _rates(language: Language, speeds: Sequence[PeriodSpeed], basis: str) -> str:
    known = {speed.period_days: getattr(speed, basis) for speed in speeds}
    return " / ".join(rate(language, known.get(days)) for days in SPEED_DAYS)


def today_lines(language: Language, told: ReportedToday) -> Iterator[str]:
    minute = told.shop.minute.astimezone(MOSCOW)
    yield f"📅 {heading(language.text('Today and yesterday by {time}', time=f'{minute:%H:%M}'))}"
    for words, both in ((msgid("Item"), told.product), (msgid("Shop"), told.shop)):
        today, yesterday = _sum(language, both.today), _sum(language, both.yesterday_to_minute)
        yield f"{language.text(words)}: {today} | {yesterday}{_whole_day(language, both)}"


def _whole_day(language: Language, both: TodayAndYesterday) -> str:
    if not both.yesterday.orders:
        return ""
    return " " + language.text("(the whole day {figures})", figures=_sum(language, both.yesterday))


def _sum(language: Language, figures: DayFigures) -> str:
    # Prices that have not come yet add nothing: a sum of 0 is not known to be one.
    total = language.money(figures.orders_sum if figures.orders_sum or not figures.orders else None, figures.currency)
    return language.text("{count} pcs · {total}", count=language.number(figures.orders), total=total)
