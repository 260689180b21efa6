"""How it sells: periods, buyout, speed, today."""

from collections.abc import Iterator, Sequence

from contracts.model import MOSCOW
from contracts.order_report import PeriodSpeed, ReportedBuyout, ReportedToday, ReportedVelocity, SalesPeriod
from contracts.orders import DayFigures, TodayAndYesterday
from servicekit.text import UNKNOWN, money, number

from reporter.reports.text.words import change, heading, joined, rate, share, table

SPEED_DAYS = (7, 14, 30)
COMPARED_DAYS = 30


def sales_lines(periods: Sequence[SalesPeriod]) -> Iterator[str]:
    yield f"📊 {heading('Продажи, шт')}"
    if not periods:
        yield UNKNOWN
        return
    yield table(
        [
            ["Дней", *(str(period.period_days) for period in periods)],
            ["Заказы", *(number(period.orders) for period in periods)],
            ["Выкупы", *(number(period.sales) for period in periods)],
            ["Отмены", *(number(period.cancelled) for period in periods)],
            ["Возвраты", *(number(period.returns) for period in periods)],
        ]
    )
    for period in (periods[0], periods[-1]):
        orders, sales = (money(total, period.currency) for total in (period.orders_sum, period.sales_sum))
        yield f"За {period.period_days} дн: заказы {orders}, выкупы {sales}"
    for period in periods:
        if period.period_days == COMPARED_DAYS:
            orders, sales = change(period.orders_change), change(period.sales_change)
            yield f"К прошлым {COMPARED_DAYS} дням: заказы {orders}, выкупы {sales}"


def buyout_lines(periods: Sequence[ReportedBuyout]) -> Iterator[str]:
    yield f"🎯 {heading('Выкуп по заказам периода')}"
    if not periods:
        yield UNKNOWN
        return
    yield joined(f"{each.period_days} дн {_value(each)}" for each in periods)
    for each in periods:
        if each.period_days == COMPARED_DAYS and each.finished:
            yield (
                f"За {COMPARED_DAYS} дн: {number(each.bought)} из {number(each.finished)} завершённых, "
                f"ещё {number(each.in_transit)} в пути"
            )
    if any(not each.mature for each in periods if each.value is not None):
        yield "* больше половины ещё в пути: цифра изменится"


def _value(period: ReportedBuyout) -> str:
    return share(period.value) + ("" if period.mature or period.value is None else "*")


def velocity_lines(velocity: ReportedVelocity) -> Iterator[str]:
    yield f"⚡️ {heading('Скорость, шт в день за 7 / 14 / 30 дней')}"
    yield f"Заказы {_rates(velocity.raw, 'orders')} · выкупы {_rates(velocity.raw, 'sales')}"
    yield f"По дням, когда товар был: заказы {_rates(velocity.oos_corrected, 'orders')}"


def _rates(speeds: Sequence[PeriodSpeed], basis: str) -> str:
    known = {speed.period_days: getattr(speed, basis) for speed in speeds}
    return " / ".join(rate(known.get(days)) for days in SPEED_DAYS)


def today_lines(told: ReportedToday) -> Iterator[str]:
    minute = told.shop.minute.astimezone(MOSCOW)
    yield f"📅 {heading(f'Сегодня и вчера к {minute:%H:%M}')}"
    for words, both in (("Товар", told.product), ("Магазин", told.shop)):
        yield f"{words}: {_sum(both.today)} | {_sum(both.yesterday_to_minute)}{_whole_day(both)}"


def _whole_day(both: TodayAndYesterday) -> str:
    return f" (весь день {_sum(both.yesterday)})" if both.yesterday.orders else ""


def _sum(figures: DayFigures) -> str:
    # Prices that have not come yet add nothing: a sum of 0 is not known to be one.
    total = money(figures.orders_sum if figures.orders_sum or not figures.orders else None, figures.currency)
    return f"{number(figures.orders)} шт · {total}"
